using System.Buffers.Binary;
using System.Text;
using EMDC.Imaging;

namespace EMDC.Native.Tests;

/// <summary>The sample frames in the forms that the examples read: depth in whole millimetres, so that all forms hold the same values.</summary>
internal sealed class SampleFrame
{
    private SampleFrame(int width, int height, byte[] rgb, ushort[] millimetres)
    {
        (Width, Height, Rgb, Millimetres) = (width, height, rgb, millimetres);
        Metres = [.. millimetres.Select(mm => mm * 0.001f)];
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>Height×width×3.</summary>
    public byte[] Rgb { get; }

    /// <summary>Height×width, 0 where nothing was measured.</summary>
    public ushort[] Millimetres { get; }

    public float[] Metres { get; }

    public static string Weights => Path.Combine(AppContext.BaseDirectory, "weights", "emdc.safetensors");

    /// <summary>The frame, or its upper left corner of another size.</summary>
    public static SampleFrame Read(string name, int? width = null, int? height = null)
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "frames");
        RgbImage rgb = RgbFile.Read(Path.Combine(folder, $"{name}_rgb.png"));
        DepthMap depth = DepthFile.Read(Path.Combine(folder, $"{name}_sparse.exr"));
        int w = width ?? rgb.Width, h = height ?? rgb.Height;
        var pixels = Enumerable.Range(0, h).SelectMany(i => Enumerable.Range(0, w).Select(j => (i * rgb.Width) + j)).ToArray();
        return new SampleFrame(w, h,
            [.. pixels.SelectMany(p => new[] { rgb.Pixels[3 * p], rgb.Pixels[(3 * p) + 1], rgb.Pixels[(3 * p) + 2] })],
            [.. pixels.Select(p => (ushort)MathF.Round(depth.Metres[p] * 1000))]);
    }

    /// <summary>NAME.ppm and NAME.pgm, rgb.raw and depth.raw.</summary>
    public void Write(TempFolder folder)
    {
        File.WriteAllBytes(folder["rgb.ppm"], [.. Encoding.ASCII.GetBytes($"P6\n{Width} {Height}\n255\n"), .. Rgb]);
        byte[] big = new byte[2 * Millimetres.Length], floats = new byte[4 * Metres.Length];
        for (int i = 0; i < Millimetres.Length; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(big.AsSpan(2 * i), Millimetres[i]);
            BinaryPrimitives.WriteSingleLittleEndian(floats.AsSpan(4 * i), Metres[i]);
        }

        File.WriteAllBytes(folder["depth.pgm"], [.. Encoding.ASCII.GetBytes($"P5\n{Width} {Height}\n65535\n"), .. big]);
        File.WriteAllBytes(folder["rgb.raw"], Rgb);
        File.WriteAllBytes(folder["depth.raw"], floats);
        DepthFile.Write(folder["depth.npy"], Metres, Width, Height);
    }

    /// <summary>What the command makes of it, through files.</summary>
    public byte[] Command(TempFolder folder, string output)
    {
        Outcome.Of(Shell.Dotnet, "exec", Path.Combine(AppContext.BaseDirectory, "EMDC.Cli.dll"), "complete", "--weights", Weights, "--device", "cpu",
            "--rgb", folder["rgb.ppm"], "--depth", folder["depth.pgm"], "--depth-scale", "0.001", "--output", folder[output]).Succeeds();
        return File.ReadAllBytes(folder[output]);
    }
}
