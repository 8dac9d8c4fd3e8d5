using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace EMDC.Imaging;

/// <summary>
/// NumPy arrays: versions 1 to 3; f2, f4, f8 and integers of 1, 2, 4 and 8 bytes in either byte order and either element order;
/// H×W, or more axes where the others have length 1.
/// </summary>
public static class NpyFile
{
    internal static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Decodes an array of shape H×W.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="name">The name that errors give the file.</param>
    /// <exception cref="InvalidDataException">The file is damaged or holds another kind of array.</exception>
    public static Plane Decode(byte[] file, string name) => Decode(file, name, isTable: false);

    /// <summary>Decodes an array of shape N×K or N, however long, as N rows of K numbers or of one.</summary>
    internal static Plane DecodeTable(byte[] file, string name) => Decode(file, name, isTable: true);

    private static Plane Decode(byte[] file, string name, bool isTable)
    {
        if (!file.AsSpan().StartsWith(Magic))
        {
            throw new InvalidDataException($"{name}: this is not an NPY file.");
        }

        var header = HeaderText(file, name, out int dataStart);
        var (type, fortran, shape) = new HeaderReader(header, name).Read();
        var (height, width) = isTable && shape.Count == 1 ? (shape[0], 1) : Squeeze(shape, name);
        if (!isTable)
        {
            Limits.CheckSize(name, width, height);
        }
        else if (height < 1 || width < 1 || height > file.Length || width > file.Length)
        {
            throw new InvalidDataException($"{name}: the array claims {height}×{width} values, but the file has {file.Length} bytes.");
        }

        var element = Element.Parse(type, name);
        long needed = height * width * element.Size, present = file.Length - dataStart;
        if (needed != present)
        {
            throw new InvalidDataException(
                $"{name}: {height}×{width} values of type '{type}' need {needed} bytes, but {present} follow the header.");
        }

        var values = new float[height * width];
        var data = file.AsSpan(dataStart);
        for (int y = 0, i = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++, i++)
            {
                long at = fortran ? x * height + y : i;
                values[i] = element.Get(data[(int)(at * element.Size)..]);
            }
        }

        return new Plane((int)width, (int)height, values, element.IsInteger);
    }

    /// <summary>Writes H×W float32, little-endian, C order, version 1.</summary>
    internal static void Write(Stream stream, ReadOnlySpan<float> values, int width, int height)
    {
        string text = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({height}, {width}), }}";
        // Magic, version and length take 10 bytes; the data start at a multiple of 64 and the header ends with a line feed.
        int length = (10 + text.Length + 1 + 63) / 64 * 64 - 10;
        stream.Write(Magic);
        stream.Write([1, 0, (byte)length, (byte)(length >> 8)]);
        stream.Write(Encoding.ASCII.GetBytes(text.PadRight(length - 1) + "\n"));
        LittleEndianFloats.Write(stream, values);
    }

    private static string HeaderText(byte[] file, string name, out int dataStart)
    {
        int major = file.Length > 6 ? file[6] : 0;
        int start = major == 1 ? 10 : 12;
        if (file.Length < start)
        {
            throw new InvalidDataException($"{name}: the file ends inside its NPY header.");
        }

        if (major is < 1 or > 3)
        {
            throw new InvalidDataException($"{name}: this is NPY version {major}, but versions 1 to 3 can be read.");
        }

        long length = major == 1
            ? BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(8))
            : BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(8));
        if (length > file.Length - start)
        {
            throw new InvalidDataException($"{name}: the file ends inside its NPY header.");
        }

        dataStart = start + (int)length;
        return Encoding.UTF8.GetString(file, start, (int)length);
    }

    private static (long Height, long Width) Squeeze(List<long> shape, string name)
    {
        var axes = shape.ToList();
        while (axes.Count > 2 && (axes[0] == 1 || axes[^1] == 1))
        {
            axes.RemoveAt(axes[0] == 1 ? 0 : axes.Count - 1);
        }

        if (axes.Count != 2)
        {
            throw new InvalidDataException(
                $"{name}: the array has the shape ({string.Join(", ", shape)}), but a depth map needs (height, width).");
        }

        return (axes[0], axes[1]);
    }

    internal readonly record struct Element(char Kind, int Size, bool IsLittleEndian)
    {
        public bool IsInteger => Kind != 'f';

        public static Element Parse(string type, string name)
        {
            if (type is ['<' or '>' or '|' or '=', 'f' or 'u' or 'i', >= '1' and <= '8'])
            {
                // NumPy writes '|' for single bytes and never writes '=', which would mean the machine that wrote the file.
                var element = new Element(type[1], type[2] - '0', type[0] != '>');
                if (element is { Kind: 'f', Size: 2 or 4 or 8 } or { Kind: not 'f', Size: 1 or 2 or 4 or 8 })
                {
                    return element;
                }
            }

            throw new InvalidDataException(
                $"{name}: the array has the type '{type}', but f2, f4, f8, u1, u2, u4, u8, i1, i2, i4 or i8 is needed.");
        }

        public float Get(ReadOnlySpan<byte> bytes) => (Kind, Size, IsLittleEndian) switch
        {
            ('f', 2, true) => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes),
            ('f', 2, false) => (float)BinaryPrimitives.ReadHalfBigEndian(bytes),
            ('f', 4, true) => BinaryPrimitives.ReadSingleLittleEndian(bytes),
            ('f', 4, false) => BinaryPrimitives.ReadSingleBigEndian(bytes),
            ('f', 8, true) => (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes),
            ('f', 8, false) => (float)BinaryPrimitives.ReadDoubleBigEndian(bytes),
            ('u', 1, _) => bytes[0],
            ('u', 2, true) => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            ('u', 2, false) => BinaryPrimitives.ReadUInt16BigEndian(bytes),
            ('u', 4, true) => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            ('u', 4, false) => BinaryPrimitives.ReadUInt32BigEndian(bytes),
            ('i', 1, _) => (sbyte)bytes[0],
            ('i', 2, true) => BinaryPrimitives.ReadInt16LittleEndian(bytes),
            ('i', 2, false) => BinaryPrimitives.ReadInt16BigEndian(bytes),
            ('u', 8, true) => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
            ('u', 8, false) => BinaryPrimitives.ReadUInt64BigEndian(bytes),
            ('i', 4, true) => BinaryPrimitives.ReadInt32LittleEndian(bytes),
            ('i', 4, false) => BinaryPrimitives.ReadInt32BigEndian(bytes),
            ('i', 8, true) => BinaryPrimitives.ReadInt64LittleEndian(bytes),
            _ => BinaryPrimitives.ReadInt64BigEndian(bytes),
        };
    }

    /// <summary>Reads the header's Python literal: <c>{'descr': '&lt;f4', 'fortran_order': False, 'shape': (2, 3), }</c>.</summary>
    private ref struct HeaderReader(string text, string name)
    {
        private int _at;

        public (string Type, bool Fortran, List<long> Shape) Read()
        {
            string? type = null;
            bool? fortran = null;
            List<long>? shape = null;
            Expect('{');
            while (!Accept('}'))
            {
                string key = String();
                Expect(':');
                switch (key)
                {
                    case "descr":
                        if (Peek() == '[')
                        {
                            throw new InvalidDataException(
                                $"{name}: the array has fields (a structured type), but plain numbers are needed.");
                        }

                        type = String();
                        break;
                    case "fortran_order":
                        fortran = Word() switch { "True" => true, "False" => false, _ => throw Damaged() };
                        break;
                    case "shape":
                        shape = Tuple();
                        break;
                    default:
                        throw Damaged();
                }

                if (!Accept(',') && Peek() != '}')
                {
                    throw Damaged();
                }
            }

            return type is not null && fortran is not null && shape is not null ? (type, fortran.Value, shape) : throw Damaged();
        }

        private List<long> Tuple()
        {
            var axes = new List<long>();
            Expect('(');
            while (!Accept(')'))
            {
                axes.Add(long.TryParse(Word(), NumberStyles.None, CultureInfo.InvariantCulture, out long axis)
                    ? axis
                    : throw Damaged());
                if (!Accept(',') && Peek() != ')')
                {
                    throw Damaged();
                }
            }

            return axes;
        }

        private string String()
        {
            char quote = Peek();
            int end = quote is '\'' or '"' ? text.IndexOf(quote, _at + 1) : -1;
            if (end < 0)
            {
                throw Damaged();
            }

            string value = text[(_at + 1)..end];
            _at = end + 1;
            return value;
        }

        private string Word()
        {
            Peek();
            int start = _at;
            while (_at < text.Length && char.IsAsciiLetterOrDigit(text[_at]))
            {
                _at++;
            }

            return text[start.._at];
        }

        private char Peek()
        {
            while (_at < text.Length && text[_at] is ' ' or '\n' or '\r' or '\t')
            {
                _at++;
            }

            return _at < text.Length ? text[_at] : '\0';
        }

        private bool Accept(char c)
        {
            if (Peek() != c)
            {
                return false;
            }

            _at++;
            return true;
        }

        private void Expect(char c)
        {
            if (!Accept(c))
            {
                throw Damaged();
            }
        }

        private readonly InvalidDataException Damaged() => new($"{name}: the NPY header is damaged at its character {_at}.");
    }
}
