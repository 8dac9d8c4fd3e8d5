namespace EMDC.Cli.Tests;

public sealed class WeightsLocatorTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Weights_beside_the_program_go_before_those_around_the_current_folder()
    {
        string beside = Put("app/weights"), around = Put("work/weights");
        Directory.CreateDirectory(_folder["app/bin"]);
        Directory.CreateDirectory(_folder["work/a/b"]);
        Assert.Equal(beside, WeightsLocator.Find(_folder["app/bin"], _folder["work/a/b"]));
        File.Delete(beside);
        Assert.Equal(around, WeightsLocator.Find(_folder["app/bin"], _folder["work/a/b"]));
    }

    [Fact]
    public void Nothing_above_the_repository_is_taken()
    {
        Put("weights");
        Directory.CreateDirectory(_folder["repo/bin"]);
        _folder.Write("repo/EMDC.Kernels.sln", "");
        UserError error = Assert.Throws<UserError>(() => WeightsLocator.Find(_folder["repo/bin"], _folder["repo"]));
        Assert.Equal(
            $"There is no weights/emdc.safetensors in {_folder["repo/bin"]} or above it, nor in {_folder["repo"]} or above it; --weights FILE names other weights.",
            error.Message);
    }

    private string Put(string folder)
    {
        Directory.CreateDirectory(_folder[folder]);
        return _folder.Write($"{folder}/emdc.safetensors", "");
    }
}
