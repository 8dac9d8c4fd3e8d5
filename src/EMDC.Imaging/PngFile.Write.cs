using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace EMDC.Imaging;

public static partial class PngFile
{
    /// <summary>Writes 8-bit RGB.</summary>
    internal static void Write(Stream stream, RgbImage image)
    {
        using var rows = new RowWriter(stream, new PngHeader(image.Width, image.Height, 8, PngColour.Rgb, IsInterlaced: false));
        int stride = 3 * image.Width;
        for (int y = 0; y < image.Height; y++)
        {
            rows.Write(image.Pixels.AsSpan(y * stride, stride));
        }

        rows.Finish();
    }

    /// <summary>Writes 16-bit grey: round(metres / scale), 0 for what is not positive, at most 65535.</summary>
    internal static void WriteGrey16(Stream stream, ReadOnlySpan<float> metres, int width, int height, float scale)
    {
        using var rows = new RowWriter(stream, new PngHeader(width, height, 16, PngColour.Grey, IsInterlaced: false));
        var row = new byte[2 * width];
        for (int y = 0; y < height; y++)
        {
            Counts.ToBigEndian(metres.Slice(y * width, width), scale, row);
            rows.Write(row);
        }

        rows.Finish();
    }

    private static void WriteChunk(Stream stream, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        stream.Write(number);
        stream.Write(type);
        stream.Write(data);
        var checksum = new Crc32();
        checksum.Append(type);
        checksum.Append(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, checksum.GetCurrentHashAsUInt32());
        stream.Write(number);
    }

    /// <summary>
    /// Filters and compresses rows from the top. Each row takes the filter whose result, read as signed bytes, has the smallest
    /// sum of magnitudes: the heuristic of the PNG specification.
    /// </summary>
    private sealed class RowWriter : IDisposable
    {
        private readonly Stream _stream;
        private readonly ZLibStream _zlib;
        private readonly int _bytesPerPixel;
        private readonly byte[] _above;
        private byte[] _best, _trial;

        public RowWriter(Stream stream, PngHeader header)
        {
            _stream = stream;
            _bytesPerPixel = header.BitsPerPixel / 8;
            _above = new byte[header.RowBytes(header.Width)];
            _best = new byte[1 + _above.Length];
            _trial = new byte[1 + _above.Length];

            Span<byte> chunk = stackalloc byte[13];
            BinaryPrimitives.WriteInt32BigEndian(chunk, header.Width);
            BinaryPrimitives.WriteInt32BigEndian(chunk[4..], header.Height);
            chunk[8] = (byte)header.BitDepth;
            chunk[9] = (byte)header.Colour;
            chunk[10..].Clear();
            stream.Write(Signature);
            WriteChunk(stream, "IHDR"u8, chunk);
            _zlib = new ZLibStream(new IdatStream(stream), CompressionLevel.Optimal);
        }

        public void Write(ReadOnlySpan<byte> row)
        {
            long smallest = long.MaxValue;
            for (int filter = 0; filter < PngFilter.Count; filter++)
            {
                _trial[0] = (byte)filter;
                PngFilter.Apply(filter, row, _above, _trial.AsSpan(1), _bytesPerPixel);
                long sum = 0;
                foreach (byte b in _trial.AsSpan(1))
                {
                    sum += Math.Abs((int)(sbyte)b);
                }

                if (sum < smallest)
                {
                    smallest = sum;
                    (_best, _trial) = (_trial, _best);
                }
            }

            _zlib.Write(_best);
            row.CopyTo(_above);
        }

        public void Finish()
        {
            _zlib.Dispose();
            WriteChunk(_stream, "IEND"u8, []);
        }

        public void Dispose() => _zlib.Dispose();
    }

    /// <summary>Cuts what is written to it into IDAT chunks.</summary>
    private sealed class IdatStream(Stream stream) : Stream
    {
        private readonly byte[] _chunk = new byte[1 << 16];
        private int _count;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> bytes)
        {
            while (bytes.Length > 0)
            {
                int count = Math.Min(bytes.Length, _chunk.Length - _count);
                bytes[..count].CopyTo(_chunk.AsSpan(_count));
                bytes = bytes[count..];
                _count += count;
                if (_count == _chunk.Length)
                {
                    Cut();
                }
            }
        }

        // zlib's own flushes must not cut chunks; only a full buffer and the end do.
        public override void Flush() { }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (_count > 0)
            {
                Cut();
            }
        }

        private void Cut()
        {
            WriteChunk(stream, "IDAT"u8, _chunk.AsSpan(0, _count));
            _count = 0;
        }
    }
}
