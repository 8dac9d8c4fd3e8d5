using System.Text;
using Microsoft.Win32.SafeHandles;

namespace EMDC.Scenes.Output;

/// <summary>
/// An NPY file (version 1.0) of frames that are all of one size; several threads may write different frames at once. The header is
/// written first and says how many frames there will be, so the file is to be used only when all of them are there.
/// </summary>
internal sealed class NpyWriter : IDisposable
{
    private readonly string _path;
    private readonly SafeFileHandle _file;
    private readonly int _start;
    private readonly long _frameBytes;

    /// <param name="path">Where to; an existing file is overwritten.</param>
    /// <param name="type">numpy's type string: <c>|u1</c> or <c>&lt;u2</c>.</param>
    /// <param name="shape">All dimensions, frames first.</param>
    /// <exception cref="IOException">It cannot be written, or the disk has not room for all of it.</exception>
    public NpyWriter(string path, string type, params ReadOnlySpan<int> shape)
    {
        _path = path;
        byte[] header = Header(type, shape);
        _start = header.Length;
        _frameBytes = type[2] - '0';
        foreach (int side in shape[1..])
        {
            _frameBytes = checked(_frameBytes * side);
        }

        try
        {
            // With its final size, so that a full disk is known before anything is rendered.
            _file = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.None, FileOptions.None, _start + shape[0] * _frameBytes);
        }
        catch (Exception error) when (AtomicFile.IsFailure(error))
        {
            throw AtomicFile.Failure(path, error);
        }

        Put(header, 0);
    }

    /// <summary>Writes a frame.</summary>
    /// <param name="frame">Its number, from 0.</param>
    /// <param name="bytes">All of it, little-endian.</param>
    public void Write(long frame, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != _frameBytes)
        {
            throw new ArgumentException($"A frame has {bytes.Length} bytes, but the file's shape needs {_frameBytes}.");
        }

        Put(bytes, _start + frame * _frameBytes);
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Magic, version, length, and the dictionary padded with blanks to a multiple of 64 bytes.</summary>
    internal static byte[] Header(string type, ReadOnlySpan<int> shape)
    {
        string sides = string.Join(", ", shape.ToArray()) + (shape.Length == 1 ? "," : "");
        string dictionary = $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({sides}), }}";
        var header = new byte[(10 + dictionary.Length + 1 + 63) / 64 * 64];
        int rest = header.Length - 10;
        ReadOnlySpan<byte> magic = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0, (byte)rest, (byte)(rest >> 8)];
        magic.CopyTo(header);
        header.AsSpan(10).Fill((byte)' ');
        Encoding.ASCII.GetBytes(dictionary, header.AsSpan(10));
        header[^1] = (byte)'\n';
        return header;
    }

    private void Put(ReadOnlySpan<byte> bytes, long at)
    {
        try
        {
            RandomAccess.Write(_file, bytes, at);
        }
        catch (Exception error) when (AtomicFile.IsFailure(error))
        {
            throw AtomicFile.Failure(_path, error);
        }
    }
}
