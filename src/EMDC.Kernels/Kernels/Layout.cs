namespace EMDC.Kernels;

/// <summary>
/// Where the pixels of a tensor lie, counted in units of four pixels (<see cref="Float4"/>). A row is one unit of zeros, then
/// Width / 4 units rounded up; the zeros in front of the next row are this row's right border as well. Above and below a plane
/// stand rows of zeros. So a stencil needs no border test, every row starts at a 16-byte address, and an index of the row −1
/// or the column −1 is still a positive number.
/// <code>
/// pixel (c, i, 4·j … 4·j + 3) = view[c·Plane + Origin + i·Row + j]        j = −1 … ⌈Width/4⌉
/// </code>
/// What a kernel stores to the right of the last column inside a unit is 0.
/// </summary>
internal readonly record struct Layout(int Origin, int Row, int Plane)
{
    /// <summary>The unit at row i and column 4·j of channel c.</summary>
    public int At(int c, int i, int j) => c * Plane + Origin + i * Row + j;
}
