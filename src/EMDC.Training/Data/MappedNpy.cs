using System.Globalization;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace EMDC.Training.Data;

/// <summary>
/// An NPY file of N frames, mapped: pages come from the disk when they are used and go when memory is short. Version 1, C order,
/// little-endian, as EMDC.Scenes and numpy write it.
/// </summary>
internal sealed unsafe partial class MappedNpy : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _data;
    private readonly long _frameBytes;

    /// <param name="path">The file.</param>
    /// <param name="type">numpy's type string that is needed: <c>|u1</c> or <c>&lt;u2</c>.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is no such file, or shorter than its header says.</exception>
    public MappedNpy(string path, string type)
    {
        long length = new FileInfo(path).Length;
        byte[] start = new byte[Math.Min(length, 4096)];
        using (var stream = File.OpenRead(path))
        {
            stream.ReadExactly(start);
        }

        int header = start.Length > 10 && start.AsSpan().StartsWith<byte>([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1]) ? 10 + start[8] + 256 * start[9] : 0;
        Match match = Header().Match(Encoding.Latin1.GetString(start));
        if (header == 0 || !match.Success)
        {
            throw new InvalidDataException($"{path}: this is no NPY file of version 1 in C order.");
        }

        if (match.Groups["type"].Value != type)
        {
            throw new InvalidDataException($"{path}: the array has the type '{match.Groups["type"].Value}', but '{type}' is needed.");
        }

        Shape = [.. match.Groups["shape"].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(side => int.Parse(side, CultureInfo.InvariantCulture))];
        _frameBytes = Shape.Skip(1).Aggregate((long)(type[2] - '0'), (product, side) => product * side);
        if (Shape.Length < 3 || length < header + _frameBytes * Shape[0])
        {
            // A read behind the end of a mapped file ends the process, so the length is checked before.
            throw new InvalidDataException($"{path}: the shape ({string.Join(", ", Shape)}) needs {header + _frameBytes * Shape.FirstOrDefault()} bytes, but the file has {length}.");
        }

        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* pointer = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        _data = pointer + header;
    }

    /// <summary>All sides, frames first.</summary>
    public int[] Shape { get; }

    /// <summary>The elements of one frame.</summary>
    public ReadOnlySpan<T> Frame<T>(long frame)
        where T : unmanaged =>
        MemoryMarshal.Cast<byte, T>(new ReadOnlySpan<byte>(_data + frame * _frameBytes, (int)_frameBytes));

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    [GeneratedRegex(@"'descr': '(?<type>[^']*)', 'fortran_order': False, 'shape': \((?<shape>[0-9, ]+)\)")]
    private static partial Regex Header();
}
