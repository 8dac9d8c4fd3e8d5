namespace EMDC.Evaluation;

/// <summary>Spots in square cells of about two, for finding the ones next to a pixel.</summary>
internal sealed class SpotGrid
{
    private readonly int _cell, _columns, _rows;
    private readonly int[] _begin, _x, _y, _spot;

    /// <param name="spots">Indices of measured pixels.</param>
    /// <param name="height">Rows of the frame.</param>
    /// <param name="width">Columns of the frame.</param>
    public SpotGrid(ReadOnlySpan<int> spots, int height, int width)
    {
        _cell = Math.Max(1, (int)Math.Round(Math.Sqrt(2.0 * height * width / spots.Length)));
        (_columns, _rows) = ((width + _cell - 1) / _cell, (height + _cell - 1) / _cell);
        _begin = new int[_columns * _rows + 1];
        (_x, _y, _spot) = (new int[spots.Length], new int[spots.Length], new int[spots.Length]);
        foreach (int spot in spots)
        {
            _begin[Cell(spot) + 1]++;
        }

        for (int i = 1; i < _begin.Length; i++)
        {
            _begin[i] += _begin[i - 1];
        }

        int[] next = [.. _begin];
        foreach (int spot in spots)
        {
            int at = next[Cell(spot)]++;
            (_x[at], _y[at], _spot[at]) = (spot % width, spot / width, spot);
        }

        int Cell(int spot) => spot / width / _cell * _columns + spot % width / _cell;
    }

    /// <summary>Finds the spots that are nearest to a pixel.</summary>
    /// <param name="x">Its column.</param>
    /// <param name="y">Its row.</param>
    /// <param name="nearest">Receives them, nearest first: squared distance and index of the pixel.</param>
    /// <returns>How many: the length of <paramref name="nearest"/>, or all there are.</returns>
    public int Nearest(int x, int y, Span<(long Distance, int Spot)> nearest)
    {
        int count = 0, column = x / _cell, row = y / _cell;
        int rings = Math.Max(Math.Max(column, _columns - 1 - column), Math.Max(row, _rows - 1 - row));
        for (int ring = 0; ring <= rings; ring++)
        {
            // Cells beyond the rings that were searched are at least this far away.
            long reach = (long)_cell * (ring - 1) + 1 + Math.Min(Math.Min(x - column * _cell, y - row * _cell), Math.Min((column + 1) * _cell - 1 - x, (row + 1) * _cell - 1 - y));
            if (count == nearest.Length && nearest[count - 1].Distance <= reach * reach)
            {
                break;
            }

            for (int v = Math.Max(0, row - ring); v <= Math.Min(_rows - 1, row + ring); v++)
            {
                // The ring's upper and lower edge are whole rows of cells, between them are its two sides.
                int step = v == row - ring || v == row + ring ? 1 : 2 * ring;
                for (int u = column - ring; u <= column + ring; u += step)
                {
                    if ((uint)u < (uint)_columns)
                    {
                        count = Search(v * _columns + u, x, y, nearest, count);
                    }
                }
            }
        }

        return count;
    }

    private int Search(int cell, int x, int y, Span<(long Distance, int Spot)> nearest, int count)
    {
        for (int i = _begin[cell]; i < _begin[cell + 1]; i++)
        {
            long dx = _x[i] - x, dy = _y[i] - y, distance = dx * dx + dy * dy;
            if (count == nearest.Length && distance >= nearest[count - 1].Distance)
            {
                continue;
            }

            int at = count < nearest.Length ? count++ : count - 1;
            for (; at > 0 && nearest[at - 1].Distance > distance; at--)
            {
                nearest[at] = nearest[at - 1];
            }

            nearest[at] = (distance, _spot[i]);
        }

        return count;
    }
}
