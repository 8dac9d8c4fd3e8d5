using System.Buffers.Binary;

namespace EMDC.Imaging;

/// <summary>
/// JPEG: baseline and progressive Huffman coding, 8 bits, grey or three colours, any subsampling. Inverse transform, upsampling
/// and colours are computed in libjpeg's integer arithmetic, so that a frame has the same pixels here as in OpenCV or Pillow.
/// Exif orientation is not applied. (Two managed decoders were tried first: StbImageSharp 2.30.16 hangs on damaged
/// files and decodes the last columns of 4:2:2 images wrongly; JpegLibrary 0.4.32 takes coefficients past the 64th of a block.)
/// </summary>
public static class JpegFile
{
    // Progressive files have about ten; every scan may walk over the whole image for a few bytes.
    private const int MaxScans = 200;

    internal static ReadOnlySpan<byte> Magic => [0xFF, 0xD8, 0xFF];

    /// <summary>Decodes a colour frame; grey is replicated.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="name">The name that errors give the file.</param>
    /// <exception cref="InvalidDataException">The file is damaged, too large or of a kind that is not read.</exception>
    public static RgbImage Decode(byte[] file, string name)
    {
        if (!file.AsSpan().StartsWith(Magic))
        {
            throw new InvalidDataException($"{name}: this is not a JPEG file.");
        }

        var decoder = new Decoder(file, name);
        return decoder.Decode();
    }

    /// <summary>Walks the segments of one file.</summary>
    private sealed class Decoder(byte[] file, string name)
    {
        private readonly JpegTables _tables = new();
        private JpegFrame? _frame;
        private bool _isJfif;
        private int? _adobeTransform;
        private int _scans;

        public RgbImage Decode()
        {
            for (int at = 2; ;)
            {
                int marker = NextMarker(ref at);
                if (marker == 0xD9)
                {
                    return Finish();
                }

                // TEM and the restart markers have no length; stray ones are passed over.
                if (marker is 0x01 or (>= 0xD0 and <= 0xD7))
                {
                    continue;
                }

                int length = file.Length - at < 2 ? 0 : BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(at));
                if (length < 2 || length > file.Length - at)
                {
                    throw new InvalidDataException($"{name}: the file ends inside a segment of its JPEG header.");
                }

                var segment = file.AsSpan(at + 2, length - 2);
                at += length;
                Process(marker, segment, ref at);
            }
        }

        /// <summary>The marker after the next 0xFF; bytes before it are passed over, as libjpeg does.</summary>
        private int NextMarker(ref int at)
        {
            while (true)
            {
                int next = at < file.Length ? file.AsSpan(at).IndexOf((byte)0xFF) : -1;
                at = next < 0 ? file.Length : at + next;
                while (at < file.Length && file[at] == 0xFF)
                {
                    at++;
                }

                if (at >= file.Length)
                {
                    throw new InvalidDataException($"{name}: the file ends before the end of its JPEG image.");
                }

                if (file[at++] is var marker and not 0)
                {
                    return marker;
                }
            }
        }

        private void Process(int marker, ReadOnlySpan<byte> segment, ref int at)
        {
            switch (marker)
            {
                case 0xC4:
                    _tables.DefineHuffman(segment, name);
                    break;
                case 0xDB:
                    _tables.DefineQuantization(segment, name);
                    break;
                case 0xDD:
                    _tables.RestartInterval = segment.Length == 2
                        ? BinaryPrimitives.ReadUInt16BigEndian(segment)
                        : throw JpegTables.Damaged(name);
                    break;
                case 0xC0 or 0xC1 or 0xC2:
                    _frame = _frame is null
                        ? JpegFrame.Read(segment, isProgressive: marker == 0xC2, file.Length, name)
                        : throw JpegTables.Damaged(name);
                    break;
                case >= 0xC3 and <= 0xCF:
                    throw new InvalidDataException(
                        $"{name}: this is a {Kind(marker)} JPEG, but a baseline or progressive one with Huffman coding is needed.");
                case 0xE0:
                    _isJfif |= segment.StartsWith("JFIF\0"u8);
                    break;
                case 0xEE:
                    if (segment.Length >= 12 && segment.StartsWith("Adobe"u8))
                    {
                        _adobeTransform = segment[11];
                    }

                    break;
                case 0xDA:
                    if (++_scans > MaxScans)
                    {
                        throw new InvalidDataException($"{name}: the JPEG has more than {MaxScans} scans.");
                    }

                    var scan = new JpegScan(_frame ?? throw JpegTables.Damaged(name), _tables, segment, name);
                    at = scan.Decode(file, at);
                    break;
            }
        }

        private static string Kind(int marker) => marker switch
        {
            0xC3 or 0xC7 => "lossless",
            0xC5 or 0xC6 => "hierarchical",
            _ => "arithmetic-coded",
        };

        private RgbImage Finish()
        {
            if (_frame is null || _frame.Components.Any(component => component.Quantization is null))
            {
                throw new InvalidDataException($"{name}: the file ends before the end of its JPEG image.");
            }

            var planes = _frame.Components.Select(component => component.Upsampled(_frame)).ToArray();
            bool isRgb = planes.Length == 3 && !_isJfif && (_adobeTransform is { } transform
                ? transform == 0
                : _frame.Components is [{ Id: 'R' }, { Id: 'G' }, { Id: 'B' }]);
            return new RgbImage(_frame.Width, _frame.Height, JpegColour.Interleave(planes, isRgb));
        }
    }
}
