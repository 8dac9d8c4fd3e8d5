using EMDC.Operators;

namespace EMDC.Tests.Operators;

/// <summary>Cases of <see cref="OutputScaling"/>.</summary>
internal static class OutputScalingCases
{
    private static readonly (string Name, OutputMap Map)[] Maps =
        [("dense", OutputMap.Dense), ("global", OutputMap.Global), ("local", OutputMap.Local), ("confidence", OutputMap.Confidence)];

    public static IEnumerable<OperatorCase> All =>
    [
        Case(1, 1, 1, 1, "dense", "global", "local", "confidence"), Case(5, 7, 32, 32, "dense", "global", "local", "confidence"),
        Case(17, 33, 32, 64, "dense"), Case(17, 33, 17, 33, "confidence"), Case(3, 5, 4, 8, "global", "local"),
        Case(130, 9, 160, 32, "local"),
    ];

    /// <summary>height×width out of padded×paddedWidth; only the named maps are wanted.</summary>
    private static OperatorCase Case(int height, int width, int padded, int paddedWidth, params string[] wanted)
    {
        const float Largest = 7.3f;
        string name = $"{height}×{width} of {padded}×{paddedWidth}, {string.Join(" and ", wanted)}";
        float[] sparse = new float[height * width];
        sparse[^1] = Largest;
        return new OperatorCase(
            "OutputScaling", name,
            device =>
            {
                (device.Height, device.Width, device.Rgb, device.Sparse) = (height, width, new byte[3 * height * width], sparse);
                device.Measured = 1;
                device.Op.InputPreparation(device.Unset("x", 4, padded, paddedWidth));
                foreach (var (map, kind) in Maps)
                {
                    device.Op.OutputScaling(device.Input(map, Whole(map)), kind);
                    if (wanted.Contains(map))
                    {
                        device.Maps.Add(map, new float[height * width]);
                    }
                }
            },

            // One product of two floats, which doubles hold exactly.
            () => wanted.Select(map => Expected.Exact(map, Cropped(map).Map(v => v * (map == "confidence" ? 1 : (double)Largest)))));

        Reference.Tensor Whole(string map) => Draw.Tensor($"{name} {map}", 1, padded, paddedWidth);

        Reference.Tensor Cropped(string map)
        {
            Reference.Tensor whole = Whole(map), part = new(1, height, width);
            for (int i = 0; i < height; i++)
            {
                whole.Row(0, i)[..width].CopyTo(part.Row(0, i));
            }

            return part;
        }
    }
}
