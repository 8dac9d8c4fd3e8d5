using EMDC.Operators;

namespace EMDC.Kernels.Tests;

/// <summary>A plan of three operators that takes frames as the network does, and whose launches are few.</summary>
internal static class SmallPlan
{
    public const int Height = 8, Width = 12;

    public static void Record(IOperators op)
    {
        Tensor x = op.Tensor("x", 4, Height, Width), y = op.Tensor("y", 1, Height, Width);
        op.InputPreparation(x);
        op.Conv2d(new ConvWeights("conv", 1, 4, 3, [.. Enumerable.Range(0, 36).Select(i => (i % 7 - 3) / 8f)], [0.5f]), x, y, Activation.None);
        op.OutputScaling(y, OutputMap.Dense);
    }

    /// <summary>A frame by formula, different for each number.</summary>
    public sealed class Images(int number, int height = Height, int width = Width)
    {
        private readonly byte[] _rgb = [.. Enumerable.Range(0, 3 * height * width).Select(i => (byte)(i * (7 + number)))];
        private readonly float[] _sparse = [.. Enumerable.Range(0, height * width).Select(i => i % (5 + number) == 2 ? 1 + i / 16f : 0)];

        public float[] Dense { get; } = new float[height * width];

        public int Measured => _sparse.Count(d => d > 0);

        public Frame Frame => new() { Height = height, Width = width, Rgb = _rgb, Sparse = _sparse, Dense = Dense, MaxDepth = 20 };
    }

    /// <summary>Opens the fastest device here and records the plan.</summary>
    /// <param name="beforeRun">Hears a kernel's name before each launch, and may throw.</param>
    public static DeviceBackend Open(Action<string>? beforeRun = null)
    {
        DeviceBackend op = KernelDevice.All.Open(
            KernelDevice.Any, null, keepTensors: false, beforeRun is null ? null : device => new PlantedDevice(device, beforeRun));
        Record(op);
        return op;
    }
}
