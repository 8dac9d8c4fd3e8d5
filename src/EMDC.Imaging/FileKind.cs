namespace EMDC.Imaging;

/// <summary>The formats whose first bytes tell what they are.</summary>
internal enum FileKind
{
    Unknown,
    Png,
    Exr,
    Npy,
    Npz,
    Pfm,
    Pnm,
    Jpeg,
    Webp,
    Tiff,
    Bmp,
    Gif,
}

/// <summary>Tells formats apart.</summary>
internal static class FileKinds
{
    public static FileKind Of(ReadOnlySpan<byte> file) =>
        file.StartsWith(PngFile.Signature) ? FileKind.Png
        : file.StartsWith(ExrFile.Magic) ? FileKind.Exr
        : file.StartsWith(NpyFile.Magic) ? FileKind.Npy
        : file.StartsWith("PK\x03\x04"u8) ? FileKind.Npz
        : PfmFile.IsPfm(file) ? FileKind.Pfm
        : PnmFile.IsPnm(file) ? FileKind.Pnm
        : file is [0xFF, 0xD8, 0xFF, ..] ? FileKind.Jpeg
        : file.StartsWith("RIFF"u8) && file.Length >= 12 && file[8..].StartsWith("WEBP"u8) ? FileKind.Webp
        : file.Length >= 8 && (file.StartsWith("II*\0"u8) || file.StartsWith("MM\0*"u8)) ? FileKind.Tiff
        : file.StartsWith("GIF8"u8) ? FileKind.Gif
        // Two letters alone may begin many a file; the four bytes behind the size are 0 in a BMP.
        : file is [(byte)'B', (byte)'M', _, _, _, _, 0, 0, 0, 0, ..] ? FileKind.Bmp
        : FileKind.Unknown;

    /// <summary>The format's name in messages.</summary>
    public static string Word(this FileKind kind) => kind == FileKind.Webp ? "WebP" : kind.ToString().ToUpperInvariant();
}
