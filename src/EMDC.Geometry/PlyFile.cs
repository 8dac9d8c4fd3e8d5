using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace EMDC.Geometry;

/// <summary>PLY, the Stanford triangle format: vertices are read from ASCII and both binary kinds; clouds are written as binary little-endian.</summary>
public static class PlyFile
{
    private const int MaxHeader = 1 << 16;

    internal static bool IsPly(ReadOnlySpan<byte> file) => file.StartsWith("ply\n"u8) || file.StartsWith("ply\r"u8);

    /// <summary>Writes x, y, z (float32) and red, green, blue (8 bit) for each point, whole or not at all.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, PointCloud cloud)
    {
        AtomicFile.Write(path, stream =>
        {
            stream.Write(Encoding.ASCII.GetBytes(
                $"""
                ply
                format binary_little_endian 1.0
                comment metres in the colour camera's frame: x right, y down, z forward
                element vertex {cloud.Count}
                property float x
                property float y
                property float z
                property uchar red
                property uchar green
                property uchar blue
                end_header

                """.ReplaceLineEndings("\n")));
            Span<byte> vertex = stackalloc byte[15];
            for (int i = 0; i < cloud.Count; i++)
            {
                for (int k = 0; k < 3; k++)
                {
                    BinaryPrimitives.WriteSingleLittleEndian(vertex[(4 * k)..], cloud.Positions[3 * i + k]);
                    vertex[12 + k] = cloud.Colours[3 * i + k];
                }

                stream.Write(vertex);
            }
        });
    }

    /// <summary>The vertices' x, y and z.</summary>
    internal static IEnumerable<Point3> Points(byte[] file, string path)
    {
        (string format, int count, List<(string Type, string Name)> properties, int start) = Header(file, path);
        int[] columns = [.. new[] { "x", "y", "z" }.Select(name => properties.FindIndex(property => property.Name == name))];
        if (columns.Contains(-1))
        {
            throw new InvalidDataException($"{path}: the vertices have {string.Join(", ", properties.Select(property => property.Name))}, but x, y and z are needed.");
        }

        return format == "ascii" ? Ascii(file, path, count, columns, start) : Binary(file, path, count, properties, columns, start, format == "binary_big_endian");
    }

    private static (string Format, int Count, List<(string Type, string Name)> Properties, int Start) Header(byte[] file, string path)
    {
        string text = Encoding.ASCII.GetString(file, 0, Math.Min(file.Length, MaxHeader));
        int end = text.IndexOf("end_header", StringComparison.Ordinal), start = end < 0 ? -1 : text.IndexOf('\n', end) + 1;
        if (start <= 0)
        {
            throw new InvalidDataException($"{path}: the PLY header does not end.");
        }

        string format = "";
        int count = -1;
        bool inVertices = false;
        var properties = new List<(string, string)>();
        foreach (string line in text[..end].Split('\n').Skip(1))
        {
            switch (line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                case ["format", ("ascii" or "binary_little_endian" or "binary_big_endian") and var kind, ..]:
                    format = kind;
                    break;
                case ["element", "vertex", var number] when int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out count):
                    inVertices = true;
                    break;
                case ["element", var other, ..]:
                    // What follows the vertices is of no interest; what stands before them would have to be skipped.
                    if (count < 0)
                    {
                        throw new InvalidDataException($"{path}: the PLY begins with '{other}', but its vertices must come first.");
                    }

                    inVertices = false;
                    break;
                case ["property", "list", ..] when inVertices:
                    throw new InvalidDataException($"{path}: the PLY's vertices have lists, but plain properties are needed.");
                case ["property", var type, var name] when inVertices:
                    properties.Add((type, name));
                    break;
            }
        }

        return format.Length > 0 && count >= 0
            ? (format, count, properties, start)
            : throw new InvalidDataException($"{path}: the PLY header names no format or no vertices.");
    }

    private static List<Point3> Ascii(byte[] file, string path, int count, int[] columns, int start)
    {
        var points = new List<Point3>();
        string text = Encoding.ASCII.GetString(file, start, file.Length - start);
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            if (points.Count == count)
            {
                break;
            }

            string[] words = line.ToString().Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 0)
            {
                points.Add(new Point3(Number(words, columns[0]), Number(words, columns[1]), Number(words, columns[2])));
            }
        }

        return points.Count == count ? points : throw Short(path, count, points.Count);

        double Number(string[] words, int column) =>
            column < words.Length && double.TryParse(words[column], NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
                ? number
                : throw new InvalidDataException($"{path}: vertex {points.Count + 1} of the PLY has '{string.Join(' ', words)}', but needs numbers for its properties.");
    }

    private static List<Point3> Binary(
        byte[] file, string path, int count, List<(string Type, string Name)> properties, int[] columns, int start, bool isBigEndian)
    {
        var offsets = new int[properties.Count];
        int size = 0;
        for (int i = 0; i < offsets.Length; i++)
        {
            offsets[i] = size;
            size += properties[i].Type switch
            {
                "char" or "uchar" or "int8" or "uint8" => 1,
                "short" or "ushort" or "int16" or "uint16" => 2,
                "int" or "uint" or "float" or "int32" or "uint32" or "float32" => 4,
                "double" or "float64" => 8,
                var type => throw new InvalidDataException($"{path}: the PLY's property {properties[i].Name} has the type '{type}', which is not known."),
            };
        }

        if ((long)count * size > file.Length - start)
        {
            throw Short(path, count, (file.Length - start) / size);
        }

        var points = new List<Point3>(count);
        for (int i = 0; i < count; i++)
        {
            int at = start + i * size;
            points.Add(new Point3(Number(at, columns[0]), Number(at, columns[1]), Number(at, columns[2])));
        }

        return points;

        double Number(int vertex, int column)
        {
            ReadOnlySpan<byte> bytes = file.AsSpan(vertex + offsets[column]);
            return (properties[column].Type, isBigEndian) switch
            {
                ("float" or "float32", false) => BinaryPrimitives.ReadSingleLittleEndian(bytes),
                ("float" or "float32", true) => BinaryPrimitives.ReadSingleBigEndian(bytes),
                ("double" or "float64", false) => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
                ("double" or "float64", true) => BinaryPrimitives.ReadDoubleBigEndian(bytes),
                var (type, _) => throw new InvalidDataException($"{path}: the PLY's property {properties[column].Name} has the type {type}, but float or double is needed."),
            };
        }
    }

    private static InvalidDataException Short(string path, int count, int present) =>
        new($"{path}: the PLY names {count} vertices, but holds {present}.");
}
