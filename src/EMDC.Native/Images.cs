namespace EMDC.Native;

/// <summary>Copies rows between the caller's images and the engine's, which have no gaps between rows.</summary>
internal static unsafe class Images
{
    private static readonly string[] _rgbFormats = ["EMDC_RGB", "EMDC_BGR", "EMDC_RGBA", "EMDC_BGRA"];

    /// <summary>Whether the image can be read where it is.</summary>
    public static bool IsPlainRgb(in NativeFrame f) => f.RgbFormat == 0 && (f.RgbStride == 0 || f.RgbStride == (nint)f.Width * 3);

    /// <summary>Whether the depth can be read where it is.</summary>
    public static bool IsPlainDepth(in NativeFrame f) => f.DepthFormat == 0 && (f.DepthStride == 0 || f.DepthStride == (nint)f.Width * sizeof(float));

    /// <summary>Whether the maps can be written where they are.</summary>
    public static bool IsPlain(in NativeMaps maps, int width) => maps.Stride == 0 || maps.Stride == (nint)width * sizeof(float);

    /// <summary>Refuses what cannot be a frame; the engine checks its size.</summary>
    public static void Check(in NativeFrame f)
    {
        if (f.Rgb is null || f.Depth is null)
        {
            throw new CallException(Status.BadCall, $"frame.{(f.Rgb is null ? "rgb" : "depth")} is NULL, but an image is needed.");
        }

        if (f.Width is < Emdc.SmallestSide or > Emdc.LargestSide || f.Height is < Emdc.SmallestSide or > Emdc.LargestSide)
        {
            throw new CallException(
                Status.BadCall, $"The frame is {f.Width} wide and {f.Height} high, but both must be {Emdc.SmallestSide} to {Emdc.LargestSide}.");
        }

        if ((uint)f.RgbFormat >= (uint)_rgbFormats.Length)
        {
            throw new CallException(Status.BadCall, $"frame.rgb_format is {f.RgbFormat}, but only 0 ({_rgbFormats[0]}) to 3 ({_rgbFormats[^1]}) are defined.");
        }

        if (f.DepthFormat is not (0 or 1))
        {
            throw new CallException(Status.BadCall, $"frame.depth_format is {f.DepthFormat}, but only 0 (EMDC_METRES) and 1 (EMDC_UINT16) are defined.");
        }

        if (f.DepthFormat == 1 && !(f.DepthUnit >= 0 && float.IsFinite(f.DepthUnit)))
        {
            throw new CallException(Status.BadCall, $"frame.depth_unit is {f.DepthUnit}, but the metres of one step are needed (0 for 0.001).");
        }

        CheckStride("rgb_stride", f.RgbStride, (nint)f.Width * RgbBytes(f));
        CheckStride("depth_stride", f.DepthStride, (nint)f.Width * DepthBytes(f));
    }

    /// <summary>Refuses rows that would lie over each other.</summary>
    public static void CheckStride(string name, nint stride, nint row)
    {
        if (stride != 0 && nint.Abs(stride) < row)
        {
            throw new CallException(Status.BadCall, $"{name} is {stride} bytes, but a row has {row}.");
        }
    }

    public static void CopyRgb(in NativeFrame f, Span<byte> to)
    {
        int bytes = RgbBytes(f), width = f.Width;
        nint stride = f.RgbStride != 0 ? f.RgbStride : (nint)width * bytes;
        bool reversed = f.RgbFormat is 1 or 3;
        for (int i = 0; i < f.Height; i++)
        {
            byte* from = f.Rgb + (i * stride);
            Span<byte> row = to.Slice(i * width * 3, width * 3);
            if (bytes == 3 && !reversed)
            {
                new ReadOnlySpan<byte>(from, row.Length).CopyTo(row);
                continue;
            }

            for (int j = 0; j < row.Length; j += 3, from += bytes)
            {
                (row[j], row[j + 1], row[j + 2]) = reversed ? (from[2], from[1], from[0]) : (from[0], from[1], from[2]);
            }
        }
    }

    public static void CopyDepth(in NativeFrame f, Span<float> to)
    {
        int width = f.Width;
        nint stride = f.DepthStride != 0 ? f.DepthStride : (nint)width * DepthBytes(f);
        float unit = f.DepthUnit == 0 ? 0.001f : f.DepthUnit;
        for (int i = 0; i < f.Height; i++)
        {
            byte* from = f.Depth + (i * stride);
            Span<float> row = to.Slice(i * width, width);
            if (f.DepthFormat == 0)
            {
                new ReadOnlySpan<float>(from, width).CopyTo(row);
                continue;
            }

            for (int j = 0; j < width; j++)
            {
                row[j] = ((ushort*)from)[j] * unit;
            }
        }
    }

    public static void CopyMap(ReadOnlySpan<float> from, float* to, nint stride, int height, int width)
    {
        for (int i = 0; i < height; i++)
        {
            from.Slice(i * width, width).CopyTo(new Span<float>((byte*)to + (i * stride), width));
        }
    }

    private static int RgbBytes(in NativeFrame f) => f.RgbFormat < 2 ? 3 : 4;

    private static int DepthBytes(in NativeFrame f) => f.DepthFormat == 0 ? sizeof(float) : sizeof(ushort);
}
