using EMDC.Imaging;

namespace EMDC.Geometry;

/// <summary>
/// Multizone sensors (VL53L5CX, VL53L8): a z-depth for each zone, row by row as the colour camera sees them. NPY or text of as many numbers
/// as there are zones, in any shape, or a row for each zone with a distance and a status (columns by name, without names the first two).
/// <para>
/// Statuses 5, 6 and 9 count as measured, as the maker says (UM2884: 100 % and 50 % confidence); the others do not. Distances under a name
/// that ends in <c>_mm</c> are millimetres; so are integers unless a scale is given.
/// </para>
/// </summary>
public static class ZoneFile
{
    /// <param name="path">The file.</param>
    /// <param name="rows">Zones above each other.</param>
    /// <param name="columns">Zones beside each other.</param>
    /// <param name="scale">Metres per unit, where it is known.</param>
    /// <exception cref="IOException">The file is missing or may not be read.</exception>
    /// <exception cref="InvalidDataException">It holds another number of zones.</exception>
    public static DepthMap Read(string path, int rows, int columns, float? scale = null)
    {
        NumberTable table = NumberTable.Read(FileBytes.Read(path), path);
        int zones = rows * columns, distance = 0, status = -1, step = 1;
        bool isMillimetres = false;
        if (table.Height == zones && table.Width > 1)
        {
            distance = Math.Max(0, table.Column("distance_mm", "distance", "distance_m", "range_mm", "depth"));
            status = table.Names.Length > 0 ? table.Column("target_status", "status") : 1;
            step = table.Width;
            isMillimetres = table.Names.Length > 0 && table.Names[distance].EndsWith("_mm", StringComparison.Ordinal);
        }
        else if (table.Values.Length != zones)
        {
            throw new InvalidDataException(
                $"{path}: there are {table.Height}×{table.Width} numbers, but {rows}×{columns} zones need {zones}, or {zones} rows of distance and status.");
        }

        bool isDefault = scale is null && !isMillimetres && table.AreIntegers;
        float unit = scale ?? (isMillimetres || isDefault ? DepthFile.DefaultScale : 1);
        var metres = new float[zones];
        for (int i = 0; i < zones; i++)
        {
            float value = table.Values[i * step + distance] * unit;
            bool isMeasured = status < 0 || table.Values[i * step + status] is 5 or 6 or 9;
            metres[i] = isMeasured && value > 0 && float.IsFinite(value) ? value : 0;
        }

        return new DepthMap(columns, rows, metres) { UsedDefaultScale = isDefault };
    }
}
