namespace EMDC.Evaluation;

/// <summary>
/// <c>ip-basic</c>: "In Defense of Classical Image Processing: Fast Depth Completion on the CPU" (Ku, Harakeh, Waslander 2018).
/// Morphology on inverted depths, so that where two depths compete the nearer one wins:
/// <list type="number">
/// <item>invert: d → offset − d, empty pixels stay 0;</item>
/// <item>dilate with a diamond of 5;</item>
/// <item>close with a square of 5;</item>
/// <item>fill what is empty from a dilation with a square of 7;</item>
/// <item>fill large holes from a dilation with a square of 31;</item>
/// <item>median of 5×5, Gaussian blur of 5×5, invert again.</item>
/// </list>
/// Departures, all for sparse ToF indoors instead of LiDAR on streets: the offset is the farthest spot + 1 m instead of 100 m; columns
/// are not extended to the top, because nothing is missing there more than elsewhere; the large-hole fill repeats with twice the window
/// until nothing is empty (a quarter of a ToF frame may be without spots); the result is kept within the spots' range, which it leaves
/// by rounding only. The guide image is not used.
/// </summary>
public sealed class IpBasic : IBaseline
{
    private const float Margin = 1;
    private const int Diamond = 2, Closing = 2, Filling = 3, LargeFilling = 15;

    /// <inheritdoc/>
    public string Name => "ip-basic";

    /// <inheritdoc/>
    public void Complete(ReadOnlySpan<byte> rgb, ReadOnlySpan<float> sparse, Span<float> dense, int height, int width)
    {
        int[] spots = Spots.Find(rgb, sparse, dense, height, width);
        var (near, far) = Spots.Range(spots, sparse);
        // At 1 m above the farthest one all spots are well above 0, the sign of an empty pixel.
        float offset = far + Margin;
        var map = new float[dense.Length];
        foreach (int spot in spots)
        {
            map[spot] = offset - sparse[spot];
        }

        map = Morphology.DilateDiamond(map, height, width, Diamond);
        map = Morphology.Erode(Morphology.Dilate(map, height, width, Closing), height, width, Closing);
        FillEmpty(map, height, width, Filling);
        for (int radius = LargeFilling; map.AsSpan().Contains(0); radius *= 2)
        {
            FillEmpty(map, height, width, radius);
        }

        map = Smoothing.Gaussian(Smoothing.Median(map, height, width), height, width);
        for (int i = 0; i < dense.Length; i++)
        {
            dense[i] = Math.Clamp(offset - map[i], near, far);
        }
    }

    private static void FillEmpty(float[] map, int height, int width, int radius)
    {
        float[] dilated = Morphology.Dilate(map, height, width, Math.Min(radius, Math.Max(height, width)));
        for (int i = 0; i < map.Length; i++)
        {
            map[i] = map[i] == 0 ? dilated[i] : map[i];
        }
    }
}
