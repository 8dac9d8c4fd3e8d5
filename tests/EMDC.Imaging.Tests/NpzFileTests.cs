using System.IO.Compression;

namespace EMDC.Imaging.Tests;

public sealed class NpzFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_only_array_needs_no_name()
    {
        string path = Write("depth");
        Assert.Equal(Pictures.Depth(5, 7), DepthFile.Read(path).Metres);
        Assert.Equal(Pictures.Depth(5, 7), DepthFile.Read(path, new() { Key = "depth" }).Metres);
    }

    [Fact]
    public void Of_several_one_must_be_named()
    {
        string path = Write("rgb", "depth");
        Assert.Equal(Pictures.Depth(5, 7), DepthFile.Read(path, new() { Key = "depth" }).Metres);
        Assert.Equal($"{path}: the NPZ has the arrays rgb, depth, of which one must be named by --depth-key.", Refusal(path, new()));
        Assert.Equal($"{path}: the NPZ has the arrays rgb, depth, but none is called z.", Refusal(path, new() { Key = "z" }));
    }

    [Fact]
    public void Damage_is_one_sentence()
    {
        string path = Write("depth");
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..60]);
        Assert.Equal($"{path}: the NPZ is damaged.", Refusal(path, new()));
        Assert.Equal($"{Fixture.Path("lead.npy")}: an array was named, but only an NPZ has several.", Refusal(Fixture.Path("lead.npy"), new() { Key = "z" }));
    }

    private static string Refusal(string path, DepthReadOptions options) => Assert.Throws<InvalidDataException>(() => DepthFile.Read(path, options)).Message;

    private string Write(params string[] names)
    {
        DepthFile.Write(_folder["a.npy"], Pictures.Depth(5, 7), 7, 5);
        using (ZipArchive archive = ZipFile.Open(_folder["a.npz"], ZipArchiveMode.Create))
        {
            foreach (string name in names)
            {
                archive.CreateEntryFromFile(_folder["a.npy"], name + ".npy");
            }
        }

        return _folder["a.npz"];
    }
}
