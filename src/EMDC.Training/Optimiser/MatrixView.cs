namespace EMDC.Training.Optimiser;

/// <summary>A matrix in an array: element (r, c) is <c>Values[Start + r·RowStride + c·ColumnStride]</c>.</summary>
internal readonly record struct MatrixView(float[] Values, int Start, int Rows, int Columns, int RowStride, int ColumnStride)
{
    /// <summary>Row after row, from the array's first value on.</summary>
    public MatrixView(float[] values, int rows, int columns)
        : this(values, 0, rows, columns, columns, 1)
    {
    }

    public MatrixView Transposed => new(Values, Start, Columns, Rows, ColumnStride, RowStride);
}
