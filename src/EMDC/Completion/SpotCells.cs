namespace EMDC.Completion;

/// <summary>What looks at spots from near to far.</summary>
internal interface ISpotVisitor
{
    /// <summary>Whether no spot farther than this can matter any more.</summary>
    /// <param name="squaredDistance">Squared pixels.</param>
    bool IsDone(float squaredDistance);

    /// <summary>Looks at a spot.</summary>
    /// <param name="spot">Its number in the order of the cells.</param>
    void Visit(int spot);
}

/// <summary>Spots in the order of square cells, which are walked ring by ring around a place.</summary>
/// <param name="begin">Where each cell's spots begin, row by row, and where the last one's end.</param>
/// <param name="side">A cell's side in pixels.</param>
/// <param name="rows">Rows of cells.</param>
/// <param name="columns">Columns of cells.</param>
internal readonly unsafe struct SpotCells(int* begin, int side, int rows, int columns)
{
    /// <summary>Visits the spots around (y, x), those of nearer rings of cells first.</summary>
    public void Walk<V>(float y, float x, ref V visitor) where V : struct, ISpotVisitor
    {
        int row = Math.Min((int)y / side, rows - 1), column = Math.Min((int)x / side, columns - 1);
        int rings = Math.Max(Math.Max(column, columns - 1 - column), Math.Max(row, rows - 1 - row));
        for (int ring = 0; ring <= rings; ring++)
        {
            // What lies beyond the rings searched so far is at least this far away.
            float inside = Math.Min(
                Math.Min(x - (side * (column - ring + 1) - 1), side * (column + ring) - x), Math.Min(y - (side * (row - ring + 1) - 1), side * (row + ring) - y));
            if (inside > 0 && visitor.IsDone(inside * inside))
            {
                return;
            }

            for (int v = Math.Max(0, row - ring); v <= Math.Min(rows - 1, row + ring); v++)
            {
                int step = v == row - ring || v == row + ring ? 1 : 2 * ring;
                for (int u = column - ring; u <= column + ring; u += step)
                {
                    if ((uint)u >= (uint)columns)
                    {
                        continue;
                    }

                    for (int i = begin[v * columns + u]; i < begin[v * columns + u + 1]; i++)
                    {
                        visitor.Visit(i);
                    }
                }
            }
        }
    }
}
