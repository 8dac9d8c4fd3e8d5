using EMDC.Training.Optimiser;

namespace EMDC.Training.Tests.Optimiser;

public sealed class MatrixProductTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(4, 7, 16)]
    [InlineData(5, 3, 17)]
    [InlineData(39, 40, 33)]
    [InlineData(8, 129, 50)]
    public void Rows_columns_and_transposed_matrices_give_the_product_in_double(int m, int k, int n)
    {
        var random = new Random(m + k + n);
        var product = new MatrixProduct();
        foreach (bool isLeftTransposed in new[] { false, true })
        {
            foreach (bool isRightTransposed in new[] { false, true })
            {
                MatrixView left = Matrix(random, m, k, isLeftTransposed), right = Matrix(random, k, n, isRightTransposed);
                var result = new float[m * n];
                product.Run(left, right, result);
                for (int i = 0; i < result.Length; i++)
                {
                    Assert.Equal(Enumerable.Range(0, k).Sum(t => (double)At(left, i / n, t) * At(right, t, i % n)), result[i], 1e-6 * k);
                }
            }
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(37)]
    public void A_symmetric_product_is_complete(int n)
    {
        MatrixView m = Matrix(new Random(n), n, 50, isTransposed: false);
        float[] whole = new float[n * n], half = new float[n * n];
        var product = new MatrixProduct();
        product.Run(m, m.Transposed, whole);
        product.Run(m, m.Transposed, half, isSymmetric: true);
        Assert.Equal(whole, half);
    }

    [Fact]
    public void A_view_of_some_columns_reads_no_others()
    {
        float[] values = [1, 2, 99, 3, 4, 99];
        var result = new float[4];
        new MatrixProduct().Run(new MatrixView(values, 0, 2, 2, 3, 1), new MatrixView([1, 0, 0, 1], 2, 2), result);
        Assert.Equal([1, 2, 3, 4], result);
    }

    /// <summary>Values in −1 to 1, kept row after row or column after column.</summary>
    internal static MatrixView Matrix(Random random, int rows, int columns, bool isTransposed)
    {
        float[] values = [.. Enumerable.Range(0, rows * columns).Select(_ => (2 * random.NextSingle()) - 1)];
        return isTransposed ? new MatrixView(values, columns, rows).Transposed : new MatrixView(values, rows, columns);
    }

    internal static float At(MatrixView m, int row, int column) => m.Values[m.Start + (row * m.RowStride) + (column * m.ColumnStride)];
}
