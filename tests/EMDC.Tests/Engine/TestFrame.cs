using EMDC.Tests.Operators;
using EMDC.Tests.Parity;
using EMDC.Weights;

namespace EMDC.Tests.Engine;

/// <summary>A frame by formula, with at least one measured pixel whatever its size.</summary>
internal sealed record TestFrame(int Height, int Width, byte[] Rgb, float[] Sparse)
{
    private static readonly Lazy<StateDict> Shared = new(() => new StateDict(GoldenParameters.StateDict(9)) { Uncertainty = [3.5f, 0.4f, 0.3f, 0.9f, 0.2f] });

    /// <summary>The golden parameters, which all engine tests share, with some coefficients of the uncertainty.</summary>
    public static StateDict Weights => Shared.Value;

    public int Measured => Sparse.Count(d => d > 0);

    public static TestFrame Of(int height, int width)
    {
        float[] sparse = GoldenInputs.Sparse(height, width);
        sparse[height * width / 2] = 0.375f;
        return new TestFrame(height, width, GoldenInputs.Rgb(height, width), sparse);
    }

    /// <summary>The bare network, whose results formulas and PyTorch give.</summary>
    public static Emdc Engine(string simd = "auto", int threads = 2, EmdcOptions? options = null) =>
        Emdc.Load(Weights, (options ?? new EmdcOptions()) with { Device = "cpu", Simd = simd, Threads = threads, Raw = true });

    /// <summary>All four maps of this frame.</summary>
    public Results Run(Emdc emdc)
    {
        var results = new Results(Empty(), Empty(), Empty(), Empty());
        Assert.Equal(Measured, emdc.Complete(
            Rgb, Sparse,
            new DepthMaps { Dense = results.Dense, Global = results.Global, Local = results.Local, Confidence = results.Confidence },
            Height, Width));
        return results;
    }

    /// <summary>The final depth alone.</summary>
    public float[] Dense(Emdc emdc, CancellationToken cancellation = default)
    {
        float[] dense = Empty();
        Assert.Equal(Measured, emdc.Complete(Rgb, Sparse, dense, Height, Width, cancellation));
        return dense;
    }

    private float[] Empty()
    {
        float[] values = new float[Height * Width];
        Array.Fill(values, float.NaN);
        return values;
    }
}

/// <summary>The four maps of a frame.</summary>
internal sealed record Results(float[] Dense, float[] Global, float[] Local, float[] Confidence)
{
    public void AssertSameBits(Results actual, string what)
    {
        Recording.AssertSameBits(Dense, actual.Dense, $"dense, {what}");
        Recording.AssertSameBits(Global, actual.Global, $"global, {what}");
        Recording.AssertSameBits(Local, actual.Local, $"local, {what}");
        Recording.AssertSameBits(Confidence, actual.Confidence, $"confidence, {what}");
    }
}
