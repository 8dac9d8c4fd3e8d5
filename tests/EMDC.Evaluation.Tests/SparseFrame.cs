namespace EMDC.Evaluation.Tests;

/// <summary>A colour frame with spots.</summary>
public sealed record SparseFrame(int Height, int Width, byte[] Rgb, float[] Sparse)
{
    public float Near => Spots.Min(spot => Sparse[spot]);

    public float Far => Spots.Max(spot => Sparse[spot]);

    public int[] Spots => [.. Enumerable.Range(0, Sparse.Length).Where(i => Sparse[i] > 0)];

    public static SparseFrame Empty(int height, int width) => new(height, width, new byte[3 * height * width], new float[height * width]);

    public SparseFrame With(int x, int y, float depth)
    {
        float[] sparse = [.. Sparse];
        sparse[y * Width + x] = depth;
        return this with { Sparse = sparse };
    }

    public float[] Complete(IBaseline baseline)
    {
        var dense = new float[Sparse.Length];
        baseline.Complete(Rgb, Sparse, dense, Height, Width);
        return dense;
    }
}
