namespace EMDC.Tests.Reference;

/// <summary>H×W×3 bytes → 3×H×W: (v/255 − mean[c]) / deviation[c], ImageNet's mean and deviation.</summary>
public static class RgbNormalization
{
    private static readonly double[] Mean = [0.485, 0.456, 0.406];
    private static readonly double[] Deviation = [0.229, 0.224, 0.225];

    public static Tensor Apply(ReadOnlySpan<byte> rgb, int height, int width)
    {
        var output = new Tensor(3, height, width);
        for (int c = 0; c < 3; c++)
        {
            for (int p = 0; p < height * width; p++)
            {
                output.Values[c * height * width + p] = (rgb[3 * p + c] / 255.0 - Mean[c]) / Deviation[c];
            }
        }

        return output;
    }
}
