using EMDC.Training.Optimiser;

namespace EMDC.Training.Tests.Optimiser;

public sealed class OrthogonalTests
{
    [Theory]
    [InlineData(12, 40)]
    [InlineData(40, 12)]
    [InlineData(33, 33)]
    [InlineData(1, 9)]
    public void The_result_is_that_of_the_iteration_in_double(int rows, int columns)
    {
        MatrixView m = MatrixProductTests.Matrix(new Random(rows), rows, columns, isTransposed: false);
        var result = new float[rows * columns];
        new Orthogonal().Run(m, result);
        double[,] expected = Iterated(m);
        for (int i = 0; i < result.Length; i++)
        {
            Assert.Equal(expected[i / columns, i % columns], result[i], 1e-4);
        }
    }

    [Fact]
    public void All_directions_of_a_matrix_with_a_few_strong_ones_become_as_strong()
    {
        // Two directions a hundred times stronger than the other ten.
        const int rows = 12, columns = 60;
        var random = new Random(3);
        MatrixView strong = MatrixProductTests.Matrix(random, rows, 2, isTransposed: false), along = MatrixProductTests.Matrix(random, 2, columns, isTransposed: false);
        MatrixView weak = MatrixProductTests.Matrix(random, rows, columns, isTransposed: false);
        var values = new float[rows * columns];
        new MatrixProduct().Run(strong, along, values);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (20 * values[i]) + weak.Values[i];
        }

        var u = new float[rows * columns];
        new Orthogonal().Run(new MatrixView(values, rows, columns), u);

        // The singular values of a matrix with rows of length 1 at right angles are 1: here rows' lengths and angles are near that.
        for (int r = 0; r < rows; r++)
        {
            for (int s = 0; s <= r; s++)
            {
                double dot = Enumerable.Range(0, columns).Sum(c => (double)u[(r * columns) + c] * u[(s * columns) + c]);
                Assert.InRange(dot, r == s ? 0.4 : -0.35, r == s ? 1.5 : 0.35);
            }
        }
    }

    [Fact]
    public void A_matrix_of_zeros_stays_one()
    {
        var result = new float[6];
        new Orthogonal().Run(new MatrixView(new float[6], 2, 3), result);
        Assert.Equal(new float[6], result);
    }

    // As Muon is written down: on the matrix itself, its shorter side first.
    private static double[,] Iterated(MatrixView m)
    {
        if (m.Rows > m.Columns)
        {
            double[,] transposed = Iterated(m.Transposed);
            var back = new double[m.Rows, m.Columns];
            for (int i = 0; i < back.Length; i++)
            {
                back[i / m.Columns, i % m.Columns] = transposed[i % m.Columns, i / m.Columns];
            }

            return back;
        }

        var x = new double[m.Rows, m.Columns];
        for (int i = 0; i < x.Length; i++)
        {
            x[i / m.Columns, i % m.Columns] = MatrixProductTests.At(m, i / m.Columns, i % m.Columns);
        }

        double norm = Math.Sqrt(x.Cast<double>().Sum(v => v * v));
        x = Combine(1 / norm, x, 0, x);
        for (int step = 0; step < 5; step++)
        {
            double[,] a = Product(x, x, isRightTransposed: true);
            x = Combine(3.4445, x, 1, Product(Combine(-4.7750, a, 2.0315, Product(a, a)), x));
        }

        return x;
    }

    private static double[,] Combine(double a, double[,] x, double b, double[,] y)
    {
        var sum = new double[x.GetLength(0), x.GetLength(1)];
        for (int i = 0; i < sum.Length; i++)
        {
            (int r, int c) = (i / sum.GetLength(1), i % sum.GetLength(1));
            sum[r, c] = (a * x[r, c]) + (b * y[r, c]);
        }

        return sum;
    }

    private static double[,] Product(double[,] x, double[,] y, bool isRightTransposed = false)
    {
        var product = new double[x.GetLength(0), y.GetLength(isRightTransposed ? 0 : 1)];
        for (int i = 0; i < product.Length; i++)
        {
            (int r, int c) = (i / product.GetLength(1), i % product.GetLength(1));
            product[r, c] = Enumerable.Range(0, x.GetLength(1)).Sum(t => x[r, t] * (isRightTransposed ? y[c, t] : y[t, c]));
        }

        return product;
    }
}
