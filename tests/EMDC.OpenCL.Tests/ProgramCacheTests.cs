namespace EMDC.OpenCL.Tests;

/// <summary>Compiled programs on disk: taken where all they depend on is the same, and never trusted.</summary>
public sealed class ProgramCacheTests : IDisposable
{
    private const string Text = "__kernel void AddKernel(__global int* y, int plus) { y[get_global_id(0)] += plus; }";

    private readonly string root = Directory.CreateTempSubdirectory("emdc-programs").FullName;

    private string Folder => Path.Combine(root, "below", "programs");

    private string[] Files => Directory.Exists(Folder) ? Directory.GetFiles(Folder) : [];

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
        CLDevice device = cl.Context.Device;
        Run(Text);
        string file = Assert.Single(Files);
        new ProgramCache(Folder).Write(
            [1, 2, 3], device.Name, device.VersionText, device.DriverVersion, device.PlatformVersion, CLCompiler.Options, Text);
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
        using var cl = new CLFixture();
        cl.Context.Program("AddKernel", Text).Dispose();
        Assert.Equal(1, cl.Context.Compiler.Compiled);
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

    /// <summary>Compiles and runs the kernel in a new context: how many programs were compiled, how many came out of the cache.</summary>
    private (int Compiled, int Loaded) Run(string source)
    {
        using var cl = new CLFixture(Folder);
        using CLBuffer y = cl.Buffer(1, 2, 3, 4);
        using CLProgram program = cl.Context.Program("AddKernel", source);
        using CLKernel add = program.Kernel();
        add.Set(0, y);
        add.Set(1, 10);
        cl.Queue.Launch(add, 1, 1, 4);
        Assert.Equal([11, 12, 13, 14], cl.Values<int>(y));
        return (cl.Context.Compiler.Compiled, cl.Context.Compiler.Loaded);
    }
}
