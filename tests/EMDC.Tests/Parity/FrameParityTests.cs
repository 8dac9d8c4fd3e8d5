using EMDC.Imaging;

namespace EMDC.Tests.Parity;

/// <summary>The default weights on the sample frames: files in, outputs compared with PyTorch in float64 on the same weights.</summary>
public sealed class FrameParityTests
{
    [Theory]
    [InlineData("desk")]
    [InlineData("livingroom")]
    [InlineData("corridor")]
    public void A_sample_frame_gives_what_PyTorch_gives(string name)
    {
        var golden = GoldenFile.Read($"frame-{name}");
        RgbImage rgb = RgbFile.Read(Beside("frames", $"{name}_rgb.png"));
        DepthMap sparse = DepthFile.Read(Beside("frames", $"{name}_sparse.exr"));
        var (_, height, width) = golden.Shape("output.dense");
        Assert.Equal((height, width, height, width), (rgb.Height, rgb.Width, sparse.Height, sparse.Width));

        float[] dense = new float[height * width], local = new float[height * width];
        float[] global = new float[height * width], confidence = new float[height * width];
        using var emdc = Emdc.Load(Beside("weights", "emdc.safetensors"), new EmdcOptions { Device = "cpu", Raw = true });
        emdc.Complete(
            rgb.Pixels, sparse.Metres,
            new DepthMaps { Dense = dense, Local = local, Global = global, Confidence = confidence }, height, width);

        golden.Compare("output.dense", dense);
        golden.Compare("output.local", local);
        golden.Compare("output.global", global);
        golden.Compare("confidence", confidence);
    }

    private static string Beside(string folder, string file) => Path.Combine(AppContext.BaseDirectory, folder, file);
}
