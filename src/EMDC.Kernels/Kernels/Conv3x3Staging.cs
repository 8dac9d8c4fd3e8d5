using ILGPU;

namespace EMDC.Kernels;

/// <summary>
/// How a group of <see cref="Conv3x3"/> and <see cref="Conv3x3Wide"/> brings chunks of its tile into shared memory: the tile's units are numbered row
/// by row and channel by channel, a thread brings every threads-th of them, and walks from one to the next without a division.
/// </summary>
/// <param name="Split">Which of the threads that share a thread's input channels it is.</param>
/// <param name="Row">The thread's row in the tile.</param>
/// <param name="Column">The thread's column in the tile.</param>
/// <param name="Top">The tile's first row in the image.</param>
/// <param name="Left">The tile's first column in the image.</param>
/// <param name="Rows">Rows of the tile, its border included.</param>
/// <param name="Columns">Columns of the tile, its border included.</param>
/// <param name="Weights">Where the chunk's weights begin in a buffer.</param>
/// <param name="Start">The thread's first unit of the first chunk.</param>
/// <param name="Step">From one of its units to the next.</param>
/// <param name="Wrap">What happens behind the last column and the last row.</param>
/// <param name="RowUnits">Units from row to row in memory.</param>
internal readonly record struct Conv3x3Staging(
    int Split, int Row, int Column, int Top, int Left, int Rows, int Columns, int Weights, Conv3x3Walk Start, Conv3x3Walk Step, Conv3x3Walk Wrap, int RowUnits)
{
    public static Conv3x3Staging Of(Conv3x3Shape s, int group, int thread, int threads)
    {
        int pixels = s.Columns * s.Rows, split = thread / pixels, p = thread - split * pixels, ty = p / s.Columns;
        int top = group / s.TilesAcross * s.Rows, left = group % s.TilesAcross * s.Columns;
        int rows = s.Rows + 2, columns = s.Columns + 2;
        int line = thread / columns, column = thread - line * columns, channel = line / rows, row = line - channel * rows;
        int lines = threads / columns, overColumns = threads - lines * columns, overChannels = lines / rows, overRows = lines - overChannels * rows;
        return new Conv3x3Staging(
            split, ty, p - ty * s.Columns, top, left, rows, columns, s.Chunk * rows * s.Pitch,
            new Conv3x3Walk(thread, column, row, s.X.At(channel, top + row, left + column) - s.X.Row - 1, line * s.Pitch + column),
            new Conv3x3Walk(
                threads, overColumns, overRows, overChannels * s.X.Plane + overRows * s.X.Row + overColumns, lines * s.Pitch + overColumns),
            new Conv3x3Walk(0, columns, rows, s.X.Plane - rows * s.X.Row, s.Pitch - columns),
            s.X.Row);
    }

    /// <summary>Units of a chunk's tile.</summary>
    public int Units(int channels) => channels * Rows * Columns;

    /// <summary>The unit behind another of the thread's.</summary>
    public Conv3x3Walk Next(Conv3x3Walk walk) => walk.Next(Step, Wrap, RowUnits);

    /// <summary>
    /// A unit of the input, if it belongs to the chunk. What a tile has behind the image is anything, for it only gets into sums that are not
    /// stored; it is kept from lying behind the tensor.
    /// </summary>
    public static Float4 Load(ArrayView<Float4> x, Conv3x3Walk walk, int units, int end)
    {
        Float4 v = Float4.All(0f);
        if (walk.Unit < units)
        {
            v = x[walk.From < end ? walk.From : end];
        }

        return v;
    }

    /// <summary>Puts a unit into a buffer, if it belongs to the chunk.</summary>
    public static void Store(ArrayView<Float4> shared, int buffer, Conv3x3Walk walk, int units, Float4 v)
    {
        if (walk.Unit < units)
        {
            shared[buffer + walk.To] = v;
        }
    }

    /// <summary>Brings the thread's units of a chunk, from one on, into a buffer.</summary>
    public void Fill(ArrayView<Float4> x, ArrayView<Float4> shared, Conv3x3Walk walk, int buffer, int units, int end)
    {
        while (walk.Unit < units)
        {
            shared[buffer + walk.To] = x[walk.From < end ? walk.From : end];
            walk = walk.Next(Step, Wrap, RowUnits);
        }
    }
}

/// <summary>Where a thread is among the units of a chunk's tile, row by row and channel by channel; or how far it goes.</summary>
/// <param name="Unit">The unit, counted from the chunk's first.</param>
/// <param name="Column">Its column in the tile.</param>
/// <param name="Row">Its row in the tile.</param>
/// <param name="From">Where it lies in memory.</param>
/// <param name="To">Where it goes in the buffer.</param>
internal readonly record struct Conv3x3Walk(int Unit, int Column, int Row, int From, int To)
{
    /// <summary>One step on; behind the last column comes the next row, behind the last row the next channel.</summary>
    public Conv3x3Walk Next(Conv3x3Walk step, Conv3x3Walk wrap, int rowUnits)
    {
        int column = Column + step.Column, row = Row + step.Row, from = From + step.From, to = To + step.To;
        if (column >= wrap.Column)
        {
            column -= wrap.Column;
            row++;
            from += rowUnits - wrap.Column;
            to += wrap.To;
        }

        if (row >= wrap.Row)
        {
            row -= wrap.Row;
            from += wrap.From;
        }

        return new Conv3x3Walk(Unit + step.Unit, column, row, from, to);
    }
}
