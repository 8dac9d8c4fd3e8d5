namespace EMDC.Imaging.Tests;

/// <summary>A folder of its own for a test, removed with all that is in it.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("emdc-imaging-").FullName;

    public string this[string file] => Path.Combine(Root, file);

    public string[] Files => Directory.GetFiles(Root).Select(file => Path.GetFileName(file)).Order().ToArray();

    /// <summary>Writes a file and gives its path.</summary>
    public string Put(string file, byte[] bytes)
    {
        File.WriteAllBytes(this[file], bytes);
        return this[file];
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
