namespace EMDC.OpenCL.Tests;

/// <summary>What a driver's compiler says, as a sentence with the lines it means.</summary>
public class BuildLogTests
{
    private const string Source = "one\ntwo\nthree\nfour\n";

    [Theory]
    [InlineData("error: /tmp/tempfile.cl:2:12: use of 'x'\nDevice failed to build", "in line 2: use of 'x'.\n     1  one\n>    2  two\n     3  three")]
    [InlineData("<kernel>:1:5: error: use of 'x'\n    y = x;\n        ^", "in line 1: use of 'x'.\n>    1  one\n     2  two")]
    [InlineData("warning: unused\n<source>:4:1: fatal error: no end.\n", "in line 4: no end.\n     3  three\n>    4  four\n     5  ")]
    [InlineData("\"/tmp/OCL.cl\", line 3: error: identifier \"x\" is undefined", "in line 3: identifier \"x\" is undefined.\n     2  two\n>    3  three\n     4  four")]
    [InlineData("kernel.cl(3): error: bad", "in line 3: bad.\n     2  two\n>    3  three\n     4  four")]
    public void The_first_error_is_shown_with_its_lines(string log, string explained) => Assert.Equal(
        $"AddKernel: the OpenCL compiler of Card refuses the kernel {explained}", BuildLog.Explain("AddKernel", "Card", Source, log));

    [Theory]
    [InlineData("", " and does not say why.")]
    [InlineData("\nout of registers\n\nsorry\nthird\nfourth\n", ": out of registers\nsorry\nthird.")]
    [InlineData("<kernel>:77:5: error: in a line that is not there", ": <kernel>:77:5: error: in a line that is not there.")]
    public void A_log_without_a_line_is_shown_from_its_start(string log, string explained) => Assert.Equal(
        $"AddKernel: the OpenCL compiler of Card refuses the kernel{explained}", BuildLog.Explain("AddKernel", "Card", Source, log));
}
