namespace EMDC.Imaging.Tests;

/// <summary>The files that fixtures/make.py made.</summary>
internal static class Fixture
{
    public static string Path(string file) => System.IO.Path.Combine(AppContext.BaseDirectory, "fixtures", file);

    public static byte[] Bytes(string file) => File.ReadAllBytes(Path(file));
}
