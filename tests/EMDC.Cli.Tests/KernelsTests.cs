namespace EMDC.Cli.Tests;

public sealed class KernelsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_kernels_are_written_as_OpenCL_C_into_a_new_folder()
    {
        string folder = _folder["cl"];
        Outcome outcome = Command.Run("kernels", "--emit", folder);
        outcome.Succeeds();
        string[] files = [.. Directory.GetFiles(folder).Order()];
        Assert.Equal(files, outcome.Out.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries).Order());
        Assert.Contains(_folder["cl/Common.cl"], files);
        Assert.Equal(17, files.Length);
        Assert.All(files.Where(file => !file.EndsWith("Common.cl", StringComparison.Ordinal)), file => Assert.Contains($"__kernel void {Path.GetFileNameWithoutExtension(file)}(", File.ReadAllText(file)));
    }

    [Fact]
    public void A_folder_must_be_named()
    {
        Outcome outcome = Command.Run("kernels");
        Assert.Equal(2, outcome.Code);
    }
}
