namespace EMDC.Imaging;

/// <summary>A component of a JPEG: luma, a chroma or a colour.</summary>
internal sealed class JpegComponent(int id, int h, int v, int tableId)
{
    public int Id { get; } = id;

    /// <summary>Horizontal sampling factor.</summary>
    public int H { get; } = h;

    /// <summary>Vertical sampling factor.</summary>
    public int V { get; } = v;

    public int TableId { get; } = tableId;

    /// <summary>The table that was defined at the first scan; null before it.</summary>
    public ushort[]? Quantization { get; set; }

    /// <summary>Samples of a row and rows that belong to the image: ⌈image · H / MaxH⌉.</summary>
    public (int Width, int Height) Size { get; private set; }

    /// <summary>Blocks of a row, whole MCUs.</summary>
    public int BlocksX { get; private set; }

    /// <summary>64 coefficients a block in natural order, blocks row by row.</summary>
    public short[] Coefficients { get; private set; } = [];

    public void Allocate(JpegFrame frame)
    {
        Size = ((frame.Width * H + frame.MaxH - 1) / frame.MaxH, (frame.Height * V + frame.MaxV - 1) / frame.MaxV);
        BlocksX = frame.McusX * H;
        Coefficients = new short[64 * BlocksX * frame.McusY * V];
    }

    /// <summary>The component's samples at the size of the image.</summary>
    public byte[] Upsampled(JpegFrame frame)
    {
        var samples = new byte[Size.Width * Size.Height];
        Span<byte> block = stackalloc byte[64];
        for (int y = 0; y < Size.Height; y += 8)
        {
            for (int x = 0; x < Size.Width; x += 8)
            {
                JpegTransform.Inverse(Coefficients.AsSpan(64 * (y / 8 * BlocksX + x / 8), 64), Quantization!, block);
                int columns = Math.Min(8, Size.Width - x);
                for (int j = 0; j < Math.Min(8, Size.Height - y); j++)
                {
                    block.Slice(8 * j, columns).CopyTo(samples.AsSpan((y + j) * Size.Width + x));
                }
            }
        }

        Coefficients = [];
        return JpegUpsampling.Upsample(samples, Size, (frame.Width, frame.Height), frame.MaxH / H, frame.MaxV / V);
    }
}
