using System.Buffers.Binary;
using EMDC.Imaging;

namespace EMDC.Geometry;

/// <summary>What the numbers of a file of points mean.</summary>
public enum PointFormat
{
    /// <summary>x, y, z in metres in the sensor's frame.</summary>
    Xyz,

    /// <summary>Column, row (the first pixel's centre at 0), and depth in metres.</summary>
    Uvd,

    /// <summary>KITTI's laser: float32 x, y, z, reflectance, little-endian, x forward and z up.</summary>
    Velodyne,
}

/// <summary>Measurements as points.</summary>
/// <param name="ArePixels">Whether a point is (column, row, depth) of a picture, not (x, y, z) of the sensor's frame.</param>
/// <param name="Points">The points; what is not finite is left out.</param>
public sealed record PointSet(bool ArePixels, Point3[] Points);

/// <summary>
/// Files of points: PLY (ASCII and binary), NPY of shape N×3 and wider, text (CSV) with three numbers and more a line, and KITTI's
/// <c>.bin</c>. Of PLY and of text with names above its columns the names tell what is what.
/// </summary>
public static class PointFile
{
    /// <param name="path">The file.</param>
    /// <param name="format">What its numbers mean, where it does not tell that itself.</param>
    /// <param name="scale">Metres per unit of coordinates and depths.</param>
    /// <exception cref="IOException">The file is missing or may not be read.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, of another kind, or does not tell what its numbers are.</exception>
    public static PointSet Read(string path, PointFormat? format = null, double scale = 1)
    {
        byte[] file = FileBytes.Read(path);
        if (PlyFile.IsPly(file))
        {
            return format is null or PointFormat.Xyz
                ? Set(false, PlyFile.Points(file, path))
                : throw new InvalidDataException($"{path}: a PLY holds x, y, z, but the format given is {format.ToString()!.ToLowerInvariant()}.");
        }

        if (format == PointFormat.Velodyne || (format is null && Path.GetExtension(path).Equals(".bin", StringComparison.OrdinalIgnoreCase)))
        {
            return Set(false, Velodyne(file, path));
        }

        NumberTable table = NumberTable.Read(file, path);
        if (table.Width < 3)
        {
            throw new InvalidDataException($"{path}: there are {table.Width} numbers in a row, but a point needs three.");
        }

        int[] xyz = [table.Column("x"), table.Column("y"), table.Column("z")];
        int[] uvd = [table.Column("u", "col", "column"), table.Column("v", "row"), table.Column("depth", "d", "z")];
        bool namesXyz = !xyz.Contains(-1), namesUvd = !uvd.Contains(-1);
        bool isUvd = format is { } given ? given == PointFormat.Uvd
            : namesXyz || namesUvd ? !namesXyz
            : throw new InvalidDataException($"{path}: it does not tell whether its numbers are x, y, z or u, v, depth; --points-format xyz or uvd does.");
        int[] columns = isUvd ? (namesUvd ? uvd : [0, 1, 2]) : namesXyz ? xyz : [0, 1, 2];
        return Set(isUvd, Enumerable.Range(0, table.Height).Select(row => new Point3(
            table.Values[row * table.Width + columns[0]], table.Values[row * table.Width + columns[1]], table.Values[row * table.Width + columns[2]])));

        PointSet Set(bool arePixels, IEnumerable<Point3> points) => new(arePixels, [.. points
            .Select(p => arePixels ? p with { Z = p.Z * scale } : new Point3(p.X * scale, p.Y * scale, p.Z * scale))
            .Where(p => double.IsFinite(p.X + p.Y + p.Z) && (!arePixels || p.Z > 0))]);
    }

    private static List<Point3> Velodyne(byte[] file, string path)
    {
        const int Bytes = 16;
        if (file.Length % Bytes != 0)
        {
            throw new InvalidDataException($"{path}: the file has {file.Length} bytes, but a point of KITTI's laser takes {Bytes}, so a multiple of that is needed.");
        }

        var points = new List<Point3>(file.Length / Bytes);
        for (int at = 0; at < file.Length; at += Bytes)
        {
            ReadOnlySpan<byte> point = file.AsSpan(at);
            points.Add(new Point3(
                BinaryPrimitives.ReadSingleLittleEndian(point), BinaryPrimitives.ReadSingleLittleEndian(point[4..]), BinaryPrimitives.ReadSingleLittleEndian(point[8..])));
        }

        return points;
    }
}
