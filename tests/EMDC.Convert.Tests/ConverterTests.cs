using System.Security.Cryptography;
using EMDC.Weights;

namespace EMDC.Convert.Tests;

/// <summary>The command: what it writes, what it prints, and that it leaves nothing behind when it refuses.</summary>
public sealed class ConverterTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string In => _folder["in.pth"];

    private string Out => _folder["out.safetensors"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(9)]
    [InlineData(6)]
    public void Converts_a_whole_network(int stages)
    {
        var manifest = stages == 9 ? ParameterManifest.NineStages : ParameterManifest.SixStages;
        var parameters = CheckpointBuilder.Parameters(manifest);
        Write([.. parameters, ("enc.classifier.1.bias", [1000], new float[1000])]);

        var (code, output, errors) = Run(In, Out);
        Assert.Equal("", errors);
        Assert.Equal(0, code);
        Assert.Equal($"{Out}: {parameters.Count} tensors as float32, {stages} stages, from {In}\n", output);

        var state = StateDict.Load(Out);
        Assert.Equal(stages, state.Stages);
        Assert.All(parameters, p => Assert.Equal(p.Values, state[p.Name]));
        var file = SafetensorsFile.Read(Out);
        Assert.All(file.Tensors, t => Assert.Equal(DType.F32, t.DType));
        Assert.Equal("in.pth", file.Metadata["source"]);
        Assert.Equal(System.Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(In))), file.Metadata["source_sha256"]);
        Assert.Equal("EMDC.Convert 0.1.0", file.Metadata["tool"]);
    }

    [Fact]
    public void Halves_what_float16_can_hold_and_says_what_it_cannot()
    {
        var parameters = CheckpointBuilder.Parameters(ParameterManifest.NineStages);
        parameters.Single(p => p.Name == "dec1.conv2.bias").Values[3] = 70000;
        parameters.Single(p => p.Name == "dec2.conv2.bias").Values[3] = 65504;
        parameters.Single(p => p.Name == "dec3.bn.running_mean").Values[3] = 1 / 3f;
        parameters.Single(p => p.Name == "dec4.bn.running_var").Values[3] = 70000;
        parameters.Single(p => p.Name == "dec5.bn.running_var").Values[3] = 1e-9f;
        Write(parameters);

        var (code, output, errors) = Run(In, Out, "--half");
        Assert.Equal("", errors);
        Assert.Equal(0, code);
        Assert.Equal(
            $"{Out}: 358 tensors as float16 (running statistics as float32), 9 stages, from {In}\n"
            + "Kept as float32, because float16 ends at 65504: dec1.conv2.bias\n",
            output);
        var file = SafetensorsFile.Read(Out);
        Assert.All(file.Tensors, t => Assert.Equal(
            t.Name == "dec1.conv2.bias" || t.Name.Contains(".running_", StringComparison.Ordinal) ? DType.F32 : DType.F16, t.DType));
        var state = StateDict.Load(Out);
        Assert.All(parameters, p => Assert.Equal(p.Values, state[p.Name]));
    }

    [Fact]
    public void Reports_everything_that_disagrees_at_once()
    {
        var parameters = CheckpointBuilder.Parameters(ParameterManifest.NineStages);
        parameters.RemoveAll(p => p.Name is "rezero" or "alpha.weight");
        int bias = parameters.FindIndex(p => p.Name == "dep_conv.0.bias");
        parameters[bias] = ("dep_conv.0.bias", [2], [1, 2]);
        parameters.Single(p => p.Name == "dec1.conv2.bias").Values[0] = float.NaN;
        parameters.Add(("more.weight", [1], [1]));
        Write(parameters);

        var (code, output, errors) = Run(In, Out);
        Assert.Equal(1, code);
        Assert.Equal("", output);
        Assert.Equal(
            $"{In} does not fit the EMDC network with 9 stages: 2 missing, 1 unexpected, 1 misshapen, 1 not finite.\n"
            + "missing: alpha.weight, rezero; unexpected: more.weight\n"
            + "misshapen: dep_conv.0.bias is 2 and needs 1; not finite: dec1.conv2.bias\n",
            errors);
        Assert.Equal([In], Directory.GetFiles(_folder.Root));
    }

    [Fact]
    public void Leaves_extra_tensors_out_where_it_may()
    {
        Write([.. CheckpointBuilder.Parameters(ParameterManifest.NineStages), ("more.weight", [1], [1])]);
        Assert.Equal(
            (1, "", $"{In} does not fit the EMDC network with 9 stages: 1 unexpected.\nunexpected: more.weight\n"), Run(In, Out));
        Assert.Equal((0, $"{Out}: 358 tensors as float32, 9 stages, from {In}\n", ""), Run(In, Out, "--allow-extra"));
        Assert.False(SafetensorsFile.Read(Out).TryGet("more.weight", out _));
    }

    [Fact]
    public void Lists_without_writing()
    {
        var (code, output, errors) = Run(CheckpointTests.Fixture("types_zip.pth"), "--list");
        Assert.Equal((0, ""), (code, errors));
        Assert.Equal(
            """
            F32  2x3            f32
            F16  2x3            f16
            BF16 2x3            bf16
            F64  2x3            f64
            F32  scalar         scalar
            F32  0x3            empty
            I64  scalar         bn.num_batches_tracked  (not used)

            """,
            output);
    }

    [Fact]
    public void A_bad_checkpoint_ends_with_1_and_no_file()
    {
        File.WriteAllText(In, "not a checkpoint");
        Assert.Equal(
            (1, "", $"{In}: the file is neither a zip archive nor a pickle with PyTorch's magic number.\n"), Run(In, Out));
        Assert.Equal([In], Directory.GetFiles(_folder.Root));
    }

    [Fact]
    public void A_missing_folder_for_the_output_is_an_error()
    {
        Write(CheckpointBuilder.Parameters(ParameterManifest.SixStages));
        string output = _folder["none/out.safetensors"];
        Assert.Equal((1, "", $"{output}: the folder {_folder["none"]} does not exist.\n"), Run(In, output));
    }

    [Theory]
    [InlineData("Required argument 'IN' missing for command: 'EMDC.Convert'.")]
    [InlineData("OUT is missing.", "a.pth")]
    [InlineData("Unrecognized command or argument '--quarter'.", "a.pth", "b.safetensors", "--quarter")]
    [InlineData("Unrecognized command or argument 'c'.", "a.pth", "b.safetensors", "c")]
    [InlineData("IN and OUT are the same file.", "a.pth", "./a.pth")]
    public void A_wrong_command_line_ends_with_2(string fault, params string[] args) =>
        Assert.Equal((2, "", $"{fault}\nTry 'EMDC.Convert --help'.\n"), Run(args));

    [Fact]
    public void Helps()
    {
        var (code, output, errors) = Run("--help");
        Assert.Equal((0, ""), (code, errors));
        Assert.All((string[])["IN", "OUT", "--half", "--list", "--allow-extra"], word => Assert.Contains(word, output));
    }

    private static (int Code, string Output, string Errors) Run(params string[] args)
    {
        var output = new StringWriter { NewLine = "\n" };
        var errors = new StringWriter { NewLine = "\n" };
        int code = CommandLine.Run(ConvertCommand.Create, args, new Terminal(output, errors, IsErrorRedirected: true, CancellationToken.None));
        return (code, output.ToString(), errors.ToString());
    }

    private void Write(IEnumerable<(string Name, int[] Shape, float[] Values)> tensors) =>
        File.WriteAllBytes(In, CheckpointBuilder.Whole(tensors));
}
