namespace EMDC.Imaging;

/// <summary>The formats whose first bytes tell what they are.</summary>
internal enum FileKind
{
    Unknown,
    Png,
    Exr,
    Npy,
    Pfm,
    Pnm,
    Jpeg,
}

/// <summary>Tells formats apart.</summary>
internal static class FileKinds
{
    public static FileKind Of(ReadOnlySpan<byte> file) =>
        file.StartsWith(PngFile.Signature) ? FileKind.Png
        : file.StartsWith(ExrFile.Magic) ? FileKind.Exr
        : file.StartsWith(NpyFile.Magic) ? FileKind.Npy
        : PfmFile.IsPfm(file) ? FileKind.Pfm
        : PnmFile.IsPnm(file) ? FileKind.Pnm
        : file.StartsWith(JpegFile.Magic) ? FileKind.Jpeg
        : FileKind.Unknown;
}
