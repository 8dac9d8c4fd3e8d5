using System.Diagnostics;
using FsCheck.Xunit;

namespace EMDC.Imaging.Tests;

/// <summary>
/// Damaged files: every decoder gives its own one-sentence error or an image of the size that it says, soon, and without
/// allocating more than its limits allow for a file of that length.
/// </summary>
public sealed class HostileFilesTests
{
    // 1032 decoded bytes for each stored one, spread over 24 output bytes for a 1-bit pixel, and the decoder's own tables.
    private const long BytesPerByte = 1032 * 26, Tables = 1 << 20;

    // Up to four megapixels are read from photographs of any length; ImageSharp takes at most some twenty bytes a pixel.
    private const long PhotographTables = 100 << 20;

    // Against loops without end, not for speed: other work may keep the machine busy.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static TheoryData<string> Files => [.. Fixtures()];

    private static IEnumerable<string> Fixtures() => Directory.GetFiles(Fixture.Path(""))
        .Select(path => Path.GetFileName(path))
        .Where(file => !file.EndsWith(".py", StringComparison.Ordinal) && !file.EndsWith(".jpg.png", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);

    [Theory]
    [MemberData(nameof(Files))]
    public void Cut_anywhere(string file)
    {
        var whole = Fixture.Bytes(file);
        for (int length = 0; length < whole.Length; length++)
        {
            Check(file, whole[..length], $"cut to {length}");
        }
    }

    [Property(MaxTest = 300)]
    public void Flipped_anywhere(int seed)
    {
        var random = new Random(seed);
        foreach (string file in Fixtures())
        {
            var bytes = Fixture.Bytes(file);
            for (int flips = random.Next(1, 6); flips > 0; flips--)
            {
                // Half of the flips go to the first 128 bytes, where the headers are.
                int at = random.Next(random.Next(2) == 0 ? Math.Min(128, bytes.Length) : bytes.Length);
                bytes[at] = random.Next(3) == 0 ? (byte)(255 * random.Next(2)) : (byte)(bytes[at] ^ 1 << random.Next(8));
            }

            if (random.Next(4) == 0)
            {
                bytes = bytes[..random.Next(bytes.Length)];
            }

            // Checksums would refuse almost every damaged PNG before its decoder sees it.
            Check(file, file.EndsWith(".png", StringComparison.Ordinal) ? PngFileTests.Resealed(bytes) : bytes, $"seed {seed}");
        }
    }

    [Fact]
    public void What_is_not_damaged_is_read()
    {
        string[] refused =
        [
            "abc.exr", "cmyk.jpg", "complex.npy", "deep.exr", "fields.npy", "multipart.exr", "subsampled.exr",
            "tiled.exr", "vector.npy",
        ];
        Assert.Equal(refused, Fixtures().Where(file => Check(file, Fixture.Bytes(file), "whole") == 0));
    }

    /// <summary>Runs the decoders that fit the file; gives how many of them read an image.</summary>
    private static int Check(string file, byte[] bytes, string damage)
    {
        int read = 0;
        foreach (var decode in Decoders(file))
        {
            long before = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp();
            try
            {
                var (width, height, count) = decode(bytes);
                Assert.True(width > 0 && height > 0 && count == width * height, $"{file} {damage}: {count} values for {height}×{width}");
                read++;
            }
            catch (InvalidDataException error)
            {
                Assert.True(
                    error.Message.StartsWith("f: ", StringComparison.Ordinal) && error.Message.EndsWith('.') && !error.Message.Contains('\n'),
                    $"{file} {damage}: {error.Message}");
            }
            catch (Exception error)
            {
                Assert.Fail($"{file} {damage}: {error}");
            }

            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            bool isPhotograph = Path.GetExtension(file) is ".jpg" or ".webp" or ".tif" or ".bmp" or ".gif";
            Assert.True(allocated <= BytesPerByte * bytes.Length + (isPhotograph ? PhotographTables : Tables), $"{file} {damage}: {allocated} bytes allocated for {bytes.Length}");
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience, $"{file} {damage}: took {Stopwatch.GetElapsedTime(start)}");
        }

        return read;
    }

    private static Func<byte[], (int Width, int Height, int Count)>[] Decoders(string file) => Path.GetExtension(file) switch
    {
        ".exr" => [bytes => Size(ExrFile.Decode(bytes, "f"))],
        ".tiff" => [bytes => Size(TiffFile.Decode(bytes, "f"))],
        ".npy" => [bytes => Size(NpyFile.Decode(bytes, "f"))],
        ".pfm" => [bytes => Size(PfmFile.Decode(bytes, "f"))],
        ".bin" => [bytes => Size(BinFile.Decode(bytes, "f", (5, 7)))],
        ".pgm" or ".ppm" => [bytes => Size(PnmFile.DecodeRgb(bytes, "f")), bytes => Size(PnmFile.DecodeGrey(bytes, "f"))],
        ".png" => [bytes => Size(PngFile.DecodeRgb(bytes, "f")), bytes => Size(PngFile.DecodeGrey16(bytes, "f"))],
        _ => [bytes => FileKinds.Of(bytes) is var kind and not FileKind.Unknown
            ? Size(Photograph.Decode(bytes, kind, "f"))
            : throw new InvalidDataException("f: nothing left to decode.")],
    };

    private static (int Width, int Height, int Count) Size(Plane plane) => (plane.Width, plane.Height, plane.Values.Length);

    private static (int Width, int Height, int Count) Size(RgbImage image) => (image.Width, image.Height, image.Pixels.Length / 3);
}
