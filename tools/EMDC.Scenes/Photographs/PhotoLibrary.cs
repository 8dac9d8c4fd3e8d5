using System.Security.Cryptography;
using System.Text;
using EMDC.Imaging;
using EMDC.Scenes.Output;

namespace EMDC.Scenes.Photographs;

/// <summary>
/// The photographs of a folder, all in memory: *.jpg and *.png, and in <c>cutouts</c> things cut out, NAME.png with NAME.mask.png beside
/// it.
/// </summary>
internal sealed class PhotoLibrary
{
    // Two pixels of a photograph for one of the usual frame; 300 of them take about 300 MB.
    private const int LargestSide = 800;

    private PhotoLibrary(Picture[] photographs, CutOut[] cutOuts, string key) => (Photographs, CutOuts, Key) = (photographs, cutOuts, key);

    public Picture[] Photographs { get; }

    public CutOut[] CutOuts { get; }

    /// <summary>Differs between folders with other files; frames depend on it.</summary>
    public string Key { get; }

    /// <exception cref="IOException">The folder or a file cannot be read, or there is no photograph in it.</exception>
    /// <exception cref="InvalidDataException">A file is no picture.</exception>
    public static PhotoLibrary Read(string folder)
    {
        string[] files = Directory.Exists(folder) ? Pictures(folder) : throw new IOException($"{folder}: there is no such folder.");
        if (files.Length == 0)
        {
            throw new IOException($"{folder}: there are no photographs (.jpg, .png) in it.");
        }

        string apart = Path.Combine(folder, "cutouts");
        string[] cut = Directory.Exists(apart) ? [.. Pictures(apart).Where(file => File.Exists(MaskOf(file)))] : [];
        Picture[] photographs = new Picture[files.Length];
        CutOut[] cutOuts = new CutOut[cut.Length];
        ForEach(files, (i, file) => photographs[i] = new Picture(RgbFile.Read(file), LargestSide));
        ForEach(cut, (i, file) => cutOuts[i] = new CutOut(new Picture(RgbFile.Read(file), LargestSide / 2), new Picture(RgbFile.Read(MaskOf(file)), LargestSide / 2)));
        string names = string.Join('\n', files.Concat(cut).Select(file => $"{Path.GetFileName(file)} {new FileInfo(file).Length}"));
        return new PhotoLibrary(photographs, cutOuts, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(names)))[..16]);
    }

    private static void ForEach(string[] files, Action<int, string> read) =>
        Workers.ForEach(files.Length, Environment.ProcessorCount, () => 0, (_, i) => read(i, files[i]), CancellationToken.None);

    private static string MaskOf(string file) => Path.ChangeExtension(file, ".mask.png");

    private static string[] Pictures(string folder) =>
    [
        .. Directory.EnumerateFiles(folder)
            .Where(file => Path.GetExtension(file).ToLowerInvariant() is ".jpg" or ".jpeg" or ".png" && !file.EndsWith(".mask.png", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];
}
