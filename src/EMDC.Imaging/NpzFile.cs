using System.IO.Compression;

namespace EMDC.Imaging;

/// <summary>NumPy's archives: ZIP files of NPY arrays.</summary>
internal static class NpzFile
{
    private const string Extension = ".npy";

    /// <summary>Decodes one array.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="name">The name that errors give the file.</param>
    /// <param name="key">The array's name; null where there is one only.</param>
    /// <exception cref="InvalidDataException">The file is damaged, or which array is meant is not clear.</exception>
    public static Plane Decode(byte[] file, string name, string? key)
    {
        byte[] array;
        try
        {
            using var archive = new ZipArchive(new MemoryStream(file, writable: false), ZipArchiveMode.Read);
            ZipArchiveEntry[] arrays = [.. archive.Entries.Where(entry => entry.FullName.EndsWith(Extension, StringComparison.Ordinal))];
            ZipArchiveEntry[] meant = key is null ? arrays : [.. arrays.Where(entry => entry.FullName == key + Extension)];
            if (meant is not [var only])
            {
                string all = string.Join(", ", arrays.Select(entry => entry.FullName[..^Extension.Length]));
                throw new InvalidDataException($"{name}: the NPZ has {(arrays.Length == 0 ? "no arrays" : $"the arrays {all}")}, {(key is null ? "of which one must be named by --depth-key" : $"but none is called {key}")}.");
            }

            Limits.CheckExpansion(name, 1, only.Length, only.Length, only.CompressedLength);
            array = new byte[Math.Min(only.Length, Array.MaxLength)];
            using Stream content = only.Open();
            content.ReadExactly(array);
        }
        catch (Exception error) when (error is EndOfStreamException || (error is InvalidDataException && !error.Message.StartsWith(name, StringComparison.Ordinal)))
        {
            throw new InvalidDataException($"{name}: the NPZ is damaged.", error);
        }

        return NpyFile.Decode(array, name);
    }
}
