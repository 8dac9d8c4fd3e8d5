using System.Security.Cryptography;
using System.Text;

namespace EMDC.OpenCL;

/// <summary>
/// Compiled programs in a folder, a file each, so that a program is compiled once on a machine:
/// <code>
/// SHA-256(key).clbin = SHA-256(SHA-256(key), binary), binary
/// </code>
/// The key is all that a binary depends on. Whatever goes wrong with a file, the program is compiled again: nothing here throws.
/// </summary>
internal sealed class ProgramCache(string? folder)
{
    private const int LargestFile = 64 << 20;

    /// <summary>Binaries that were found; which the driver may still refuse.</summary>
    public int Found { get; private set; }

    /// <summary>Reads a binary; null if there is none or the file is damaged.</summary>
    public byte[]? Read(params ReadOnlySpan<string> key)
    {
        if (folder is null) return null;
        try
        {
            byte[] hash = Hash(key);
            using var file = new FileStream(PathOf(hash), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (file.Length is <= SHA256.HashSizeInBytes or > LargestFile) return null;
            var contents = new byte[file.Length];
            file.ReadExactly(contents);
            byte[] binary = contents[SHA256.HashSizeInBytes..];
            if (!contents.AsSpan(0, SHA256.HashSizeInBytes).SequenceEqual(Checksum(hash, binary))) return null;
            Found++;
            return binary;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>Keeps a binary if it can: under another name in the same folder, then renamed.</summary>
    public void Write(byte[] binary, params ReadOnlySpan<string> key)
    {
        if (folder is null || binary.Length == 0 || binary.Length > LargestFile - SHA256.HashSizeInBytes) return;
        string? temporary = null;
        try
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
            else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            byte[] hash = Hash(key);
            temporary = Path.Combine(folder, $".{Path.GetRandomFileName()}");
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                file.Write(Checksum(hash, binary));
                file.Write(binary);
            }
            File.Move(temporary, PathOf(hash), overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            Delete(temporary);
        }
    }

    private static void Delete(string? file)
    {
        try
        {
            if (file is not null) File.Delete(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What could not be written may not be deletable either.
        }
    }

    private string PathOf(byte[] hash) => Path.Combine(folder!, $"{Convert.ToHexStringLower(hash)}.clbin");

    private static byte[] Hash(ReadOnlySpan<string> key)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string part in key)
        {
            // With its length in front, so that "ab", "c" is another key than "a", "bc".
            byte[] text = Encoding.UTF8.GetBytes(part);
            hash.AppendData(BitConverter.GetBytes(text.Length));
            hash.AppendData(text);
        }
        return hash.GetHashAndReset();
    }

    private static byte[] Checksum(byte[] hash, byte[] binary) => SHA256.HashData([.. hash, .. binary]);
}
