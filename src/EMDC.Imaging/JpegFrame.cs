using System.Buffers.Binary;

namespace EMDC.Imaging;

/// <summary>A JPEG's frame header and the coefficients that its scans fill in.</summary>
internal sealed class JpegFrame
{
    private JpegFrame(int width, int height, bool isProgressive, JpegComponent[] components)
    {
        Width = width;
        Height = height;
        IsProgressive = isProgressive;
        Components = components;
        MaxH = components.Max(component => component.H);
        MaxV = components.Max(component => component.V);
    }

    public int Width { get; }

    public int Height { get; }

    public bool IsProgressive { get; }

    public JpegComponent[] Components { get; }

    /// <summary>Largest horizontal sampling factor; an MCU is 8·MaxH pixels wide.</summary>
    public int MaxH { get; }

    /// <summary>Largest vertical sampling factor; an MCU is 8·MaxV pixels high.</summary>
    public int MaxV { get; }

    public int McusX => (Width + 8 * MaxH - 1) / (8 * MaxH);

    public int McusY => (Height + 8 * MaxV - 1) / (8 * MaxV);

    public static JpegFrame Read(ReadOnlySpan<byte> segment, bool isProgressive, long fileLength, string name)
    {
        if (segment.Length < 6 || segment.Length != 6 + 3 * segment[5])
        {
            throw JpegTables.Damaged(name);
        }

        if (segment[0] != 8)
        {
            throw new InvalidDataException($"{name}: the JPEG has {segment[0]} bits a sample, but 8 are needed.");
        }

        int height = BinaryPrimitives.ReadUInt16BigEndian(segment[1..]), width = BinaryPrimitives.ReadUInt16BigEndian(segment[3..]);
        Limits.CheckSize(name, width, height);
        if (segment[5] is not (1 or 3))
        {
            throw new InvalidDataException($"{name}: the JPEG has {segment[5]} components, but 1 (grey) or 3 (colour) are needed.");
        }

        var components = new JpegComponent[segment[5]];
        for (int i = 0; i < components.Length; i++)
        {
            var part = segment.Slice(6 + 3 * i, 3);
            components[i] = new JpegComponent(part[0], part[1] >> 4, part[1] & 15, part[2]);
            if (components[i] is not { H: >= 1 and <= 4, V: >= 1 and <= 4, TableId: <= 3 })
            {
                throw JpegTables.Damaged(name);
            }
        }

        var frame = new JpegFrame(width, height, isProgressive, components);
        if (components.Any(component => frame.MaxH % component.H != 0 || frame.MaxV % component.V != 0))
        {
            throw new InvalidDataException(
                $"{name}: the JPEG samples its components {string.Join(", ", components.Select(component => $"{component.H}×{component.V}"))}, but whole ratios are needed.");
        }

        // Every block takes a bit at least, that of its first coefficient.
        long blocks = components.Sum(component => (long)frame.McusX * component.H * frame.McusY * component.V);
        if (blocks > 8 * fileLength)
        {
            throw new InvalidDataException(
                $"{name}: the header claims {height}×{width} pixels (height × width), but {fileLength} bytes of data cannot hold them.");
        }

        foreach (var component in components)
        {
            component.Allocate(frame);
        }

        return frame;
    }
}
