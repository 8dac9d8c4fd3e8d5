using System.Collections.Concurrent;
using EMDC.Operators;
using EMDC.Tests.Operators;

namespace EMDC.Kernels.Tests;

/// <summary>
/// A device with a tiling, opened once for all tests of a collection: compiling the kernels takes longer than running a case.
/// </summary>
internal static class KernelDevice
{
    /// <summary>ILGPU's simulator, which is always here.</summary>
    public const string Simulator = IlgpuDevice.Simulator;

    private static readonly ConcurrentDictionary<string, SharedBackend> Opened = [];

    private static readonly string? Only = Environment.GetEnvironmentVariable("EMDC_TEST_DEVICE");

    /// <summary>What a machine can have: the first CUDA and OpenCL device, and ILGPU's simulator; <c>EMDC_TEST_DEVICE</c> names the only one to test.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. ((string[])["cuda:0", "opencl:0", Simulator]).Where(name => Only is null || name == Only)];

    /// <summary>Devices that take minutes for a frame do so on request: <c>EMDC_SLOW_TESTS=1</c>.</summary>
    public static bool IsSlowRun => Environment.GetEnvironmentVariable("EMDC_SLOW_TESTS") == "1";

    public static KernelDevices All { get; } = new();

    /// <summary>The fastest device here: small plans run on any.</summary>
    public static string Any => Names.First(name => SkipReason(name) is null);

    /// <summary>A device by name; one that is not here skips. In CI only a GPU may be missing.</summary>
    public static Backend Backend(string name, string tiling = "own") => new(
        $"{name}, {tiling} tiling",
        () => Opened.GetOrAdd($"{name} {tiling}", _ => new SharedBackend(All.Open(name, Tilings[tiling], keepTensors: true))),
        SkipReason(name));

    /// <summary>Skips the test where there is no such device.</summary>
    public static void Need(string name) => Assert.SkipWhen(SkipReason(name) is not null, SkipReason(name) ?? "");

    public static string? SkipReason(string name) => Only is not null && name != Only ? $"Only {Only} is tested."
        : All.Devices.Any(d => d.Name == name) || (name == "opencl:0" && Machine.IsCI)
            ? null
            : $"There is no {name} on this machine.";

    /// <summary>
    /// Group sizes of a GPU, on which the channels of a convolution are shared by many threads; and those of the simulators.
    /// </summary>
    public static readonly Dictionary<string, Func<DeviceTraits, Tiling>?> Tilings = new()
    {
        ["own"] = null,
        ["GPU"] = device => Tiling.Gpu with { MaxThreads = device.MaxThreads },
        ["small"] = _ => Tiling.Simulator,

        // Pictures held by a group even where that makes few groups; in groups so small that they come to a picture more than once.
        ["held"] = device => Tiling.Gpu with { MaxThreads = device.MaxThreads, Groups = 1 },
        ["held by a few"] = _ => Tiling.Simulator,

        // Several times the usual results a thread.
        ["wide"] = device => Tiling.Gpu with { MaxThreads = device.MaxThreads, Wide = true },
        ["small and wide"] = _ => Tiling.Simulator with { Wide = true },

        // Groups of 256 threads are the largest of many embedded GPUs.
        ["embedded"] = _ => Tiling.Gpu.Limit(256),
        ["direct"] = _ => Tiling.Simulator with { Direct = true },
    };

    /// <summary>Forgets the plan where others dispose.</summary>
    internal sealed class SharedBackend(DeviceBackend op) : IBackend
    {
        public DeviceInfo Device => op.Device;

        public long KernelLaunches => op.KernelLaunches;

        public IReadOnlyList<PlannedOperator> Plan => op.Plan;

        public Tensor Tensor(string name, int channels, int height, int width, int reach = 1) => op.Tensor(name, channels, height, width, reach);

        public void Release(Tensor tensor) => op.Release(tensor);

        public void Reset() => op.Reset();

        public void InputPreparation(Tensor x) => op.InputPreparation(x);

        public void Conv2d(ConvWeights w, Tensor x, Tensor y, Activation activation, int stride = 1, Tensor? residual = null) =>
            op.Conv2d(w, x, y, activation, stride, residual);

        public void Conv2dPixelShuffle(ConvWeights w, float[] slope, Tensor x, Tensor y) => op.Conv2dPixelShuffle(w, slope, x, y);

        public void DepthwiseConv2d(ConvWeights w, Tensor x, Tensor y, Activation activation, int stride = 1) =>
            op.DepthwiseConv2d(w, x, y, activation, stride);

        public void ConfidenceFusion(ConvWeights w, float rezero, Tensor features, Tensor local, Tensor global, Tensor confidence, Tensor y) =>
            op.ConfidenceFusion(w, rezero, features, local, global, confidence, y);

        public void FunnelStage(FunnelStageWeights w, in FunnelState from, in FunnelState to, Tensor depth) => op.FunnelStage(w, from, to, depth);

        public void OutputScaling(Tensor y, OutputMap map) => op.OutputScaling(y, map);

        public int Run(in Frame frame, CancellationToken cancellation) => op.Run(frame, cancellation);

        public void Submit(in Frame frame, CancellationToken cancellation) => op.Submit(frame, cancellation);

        public int Collect(in Frame frame, CancellationToken cancellation) => op.Collect(frame, cancellation);

        public int RunProfiled(in Frame frame, CancellationToken cancellation) => op.RunProfiled(frame, cancellation);

        public void RunOperator(int index) => op.RunOperator(index);

        public void Write(Tensor tensor, ReadOnlySpan<float> values) => op.Write(tensor, values);

        public void Read(Tensor tensor, Span<float> values) => op.Read(tensor, values);

        public void Dispose() => op.Reset();
    }
}
