using ILGPU.OpenCL;
using ILGPU.Runtime;

namespace ILGPU.Tests.OpenCL;

/// <summary>Compiled programs on disk: taken where all they depend on is the same, and never trusted.</summary>
public sealed class ProgramCacheTests : IDisposable
{
    private const string Text = "__kernel void AddKernel(__global int* y, int yAt, int yLength, int plus) {{ y[yAt + get_global_id(0)] += plus; }}";

    private readonly string root = Directory.CreateTempSubdirectory("ilgpu-programs").FullName;

    private string Folder => Path.Combine(root, "below", "programs");

    private string[] Files => Directory.Exists(Folder) ? Directory.GetFiles(Folder) : [];

    private static void AddKernel(ArrayView<int> y, int plus) => throw new NotSupportedException();

    [Fact]
    public void A_program_is_compiled_once_and_again_when_its_source_changes()
    {
        Assert.Equal((1, 0), Run(Text));
        string file = Assert.Single(Files);
        Assert.Equal((0, 1), Run(Text));
        Assert.Equal([file], Files);
        Assert.Equal((1, 0), Run(Text + " "));
        Assert.Equal(2, Files.Length);
        Assert.Equal((0, 1), Run(Text));
    }

    [Fact]
    public void A_damaged_file_is_compiled_again_and_replaced()
    {
        Run(Text);
        string file = Assert.Single(Files);
        byte[] whole = File.ReadAllBytes(file);
        foreach (byte[] damaged in (byte[][])[[], whole[..20], whole[..^1], [.. whole, 0], [.. whole[..100], (byte)~whole[100], .. whole[101..]]])
        {
            File.WriteAllBytes(file, damaged);
            Assert.Equal((1, 0), Run(Text));
            Assert.Equal([file], Files);
            Assert.Equal((0, 1), Run(Text));
        }
    }

    [Fact]
    public void A_binary_that_the_driver_refuses_is_compiled_again()
    {
        using var cl = new CLFixture();
        var device = cl.Accelerator.Device;
        Run(Text);
        string file = Assert.Single(Files);
        new ProgramCache(Folder).Write(
            [1, 2, 3], device.Name, device.VersionText, device.DriverVersion, device.PlatformVersion, CLCompiler.Options, string.Format(Text));
        Assert.Equal([file], Files);
        Assert.Equal((1, 0), Run(Text));
        Assert.Equal((0, 1), Run(Text));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_no_error()
    {
        File.WriteAllText(Path.Combine(root, "below"), "a file where a folder should be");
        Assert.Equal((1, 0), Run(Text));
        Assert.Equal((1, 0), Run(Text));
        Assert.Equal(["below"], Directory.GetFileSystemEntries(root).Select(Path.GetFileName));
    }

    [Fact]
    public void Without_a_folder_nothing_is_kept()
    {
        using var cl = new CLFixture { Sources = { ["AddKernel"] = Text } };
        cl.Accelerator.LoadStreamKernel<ArrayView<int>, int>(AddKernel);
        Assert.Equal(1, cl.Accelerator.Compiler.Compiled);
        Assert.Empty(Files);
    }

    [Fact]
    public void Every_part_of_the_key_counts()
    {
        var cache = new ProgramCache(Folder);
        cache.Write([1, 2, 3], "ab", "c");
        Assert.Equal([1, 2, 3], cache.Read("ab", "c"));
        foreach (string[] other in (string[][])[["a", "bc"], ["ab"], ["ab", "c", ""], ["ab", "d"]]) Assert.Null(cache.Read(other));

        // A file under another's name.
        cache.Write([4], "other");
        string[] files = Files;
        File.Copy(files[0], files[1], overwrite: true);
        Assert.Single((string[][])[["ab", "c"], ["other"]], key => cache.Read(key) is not null);
    }

    public void Dispose() => Directory.Delete(root, recursive: true);

    /// <summary>Loads and runs the kernel on a new accelerator: how many programs were compiled, how many came out of the cache.</summary>
    private (int Compiled, int Loaded) Run(string source)
    {
        using var cl = new CLFixture(Folder) { Sources = { ["AddKernel"] = source } };
        using var y = cl.Accelerator.Allocate1D(new[] { 1, 2, 3, 4 });
        var add = cl.Accelerator.LoadStreamKernel<ArrayView<int>, int>(AddKernel);
        add(new KernelConfig(1, 4), y.AsContiguous(), 10);
        Assert.Equal([11, 12, 13, 14], y.GetAsArray1D());
        return (cl.Accelerator.Compiler.Compiled, cl.Accelerator.Compiler.Loaded);
    }
}
