using BenchmarkDotNet.Attributes;

namespace EMDC.Bench;

/// <summary>Whole frames through the public interface, with what one allocates.</summary>
[MemoryDiagnoser]
public class FrameBenchmarks
{
    private Emdc _emdc = null!;
    private byte[] _rgb = [];
    private float[] _sparse = [];
    private float[] _dense = [];

    [Params("192x256", "480x640")]
    public string Size { get; set; } = "";

    [Params("512", "256", "128")]
    public string Simd { get; set; } = "";

    private (int Height, int Width) Sides => (int.Parse(Size.Split('x')[0]), int.Parse(Size.Split('x')[1]));

    [GlobalSetup]
    public void Setup()
    {
        (int height, int width) = Sides;
        _emdc = Emdc.Load(BenchWeights.Load(), new EmdcOptions { Simd = Simd, Raw = true });
        BenchWeights.Frame(height, width, out _rgb, out _sparse);
        _dense = new float[height * width];
        Complete();
    }

    [Benchmark]
    public int Complete()
    {
        (int height, int width) = Sides;
        return _emdc.Complete(_rgb, _sparse, _dense, height, width);
    }

    [GlobalCleanup]
    public void Cleanup() => _emdc.Dispose();
}
