using EMDC.Operators;

namespace EMDC.Kernels;

/// <summary>
/// The tool for a new device or driver, on with <see cref="EmdcOptions.Validate"/>: every operator is recorded on the device and on the CPU
/// backend, both run the frame, and the results are compared in the order in which the operators ran; the first that differs is
/// named. Where operators overwrite a tensor one after another (the funnel's logits), the last one's values are compared. Both
/// sides keep all tensors, so a frame takes more memory, and the time of both.
/// </summary>
internal sealed class ValidatingBackend(DeviceBackend device, IBackend reference) : IBackend
{
    /// <summary>The largest difference allowed ÷ the largest value: each side may be half as far from PyTorch.</summary>
    public const float Bound = 4e-5f;

    private readonly List<(string Operator, PairTensor Y)> _results = [];

    public DeviceInfo Device => device.Device;

    public long KernelLaunches => device.KernelLaunches;

    public IReadOnlyList<PlannedOperator> Plan => device.Plan;

    public Tensor Tensor(string name, int channels, int height, int width, int reach = 1) => new PairTensor(
        device.Tensor(name, channels, height, width, reach), reference.Tensor(name, channels, height, width, reach));

    public void Release(Tensor tensor)
    {
        device.Release(On(tensor));
        reference.Release(Of(tensor));
    }

    public void Reset()
    {
        _results.Clear();
        device.Reset();
        reference.Reset();
    }

    public void InputPreparation(Tensor x)
    {
        device.InputPreparation(On(x));
        reference.InputPreparation(Of(x));
        Add("InputPreparation", x);
    }

    public void Conv2d(ConvWeights w, Tensor x, Tensor y, Activation activation, int stride = 1, Tensor? residual = null)
    {
        device.Conv2d(w, On(x), On(y), activation, stride, residual is null ? null : On(residual));
        reference.Conv2d(w, Of(x), Of(y), activation, stride, residual is null ? null : Of(residual));
        Add($"Conv2d {w.Name}", y);
    }

    public void Conv2dPixelShuffle(ConvWeights w, float[] slope, Tensor x, Tensor y)
    {
        device.Conv2dPixelShuffle(w, slope, On(x), On(y));
        reference.Conv2dPixelShuffle(w, slope, Of(x), Of(y));
        Add($"Conv2dPixelShuffle {w.Name}", y);
    }

    public void DepthwiseConv2d(ConvWeights w, Tensor x, Tensor y, Activation activation, int stride = 1)
    {
        device.DepthwiseConv2d(w, On(x), On(y), activation, stride);
        reference.DepthwiseConv2d(w, Of(x), Of(y), activation, stride);
        Add($"DepthwiseConv2d {w.Name}", y);
    }

    public void ConfidenceFusion(ConvWeights w, float rezero, Tensor features, Tensor local, Tensor global, Tensor confidence, Tensor y)
    {
        device.ConfidenceFusion(w, rezero, On(features), On(local), On(global), On(confidence), On(y));
        reference.ConfidenceFusion(w, rezero, Of(features), Of(local), Of(global), Of(confidence), Of(y));
        Add($"ConfidenceFusion {w.Name}", confidence);
        Add($"ConfidenceFusion {w.Name}", y);
    }

    public void FunnelStage(FunnelStageWeights w, in FunnelState from, in FunnelState to, Tensor depth)
    {
        device.FunnelStage(
            w, new(On(from.Guidance), On(from.Fuse), On(from.Y)), new(On(to.Guidance), On(to.Fuse), On(to.Y)), On(depth));
        reference.FunnelStage(
            w, new(Of(from.Guidance), Of(from.Fuse), Of(from.Y)), new(Of(to.Guidance), Of(to.Fuse), Of(to.Y)), Of(depth));
        Add($"FunnelStage {w.Name}", to.Y);
    }

    public void OutputScaling(Tensor y, OutputMap map)
    {
        device.OutputScaling(On(y), map);
        reference.OutputScaling(Of(y), map);
    }

    public int Run(in Frame frame, CancellationToken cancellation)
    {
        // The caller's maps hold the device's results in the end.
        reference.Run(frame, cancellation);
        int measured = device.Run(frame, cancellation);
        Validate();
        return measured;
    }

    /// <summary>Frames run one at a time, so that the tensors that are compared are of one frame: all is left to <see cref="Collect"/>.</summary>
    public void Submit(in Frame frame, CancellationToken cancellation)
    {
    }

    public int Collect(in Frame frame, CancellationToken cancellation) => Run(frame, cancellation);

    public int RunProfiled(in Frame frame, CancellationToken cancellation)
    {
        int measured = device.RunProfiled(frame, cancellation);
        reference.Run(frame, cancellation);
        Validate();
        return measured;
    }

    public void RunOperator(int index) => device.RunOperator(index);

    public void Write(Tensor tensor, ReadOnlySpan<float> values)
    {
        device.Write(On(tensor), values);
        reference.Write(Of(tensor), values);
    }

    public void Read(Tensor tensor, Span<float> values) => device.Read(On(tensor), values);

    public void Dispose()
    {
        device.Dispose();
        reference.Dispose();
    }

    private void Add(string op, Tensor y) => _results.Add((op, (PairTensor)y));

    private void Validate()
    {
        foreach (var (op, y) in _results.Where(result => device.IsWritten(result.Y.OnDevice)))
        {
            float[] actual = new float[y.Channels * y.Height * y.Width], expected = new float[actual.Length];
            device.Read(y.OnDevice, actual);
            reference.Read(y.OnReference, expected);
            float largest = expected.Max(Math.Abs), bound = Bound * largest;
            int at = Array.FindIndex(actual, 0, v => !float.IsFinite(v));
            for (int i = 0; at < 0 && i < actual.Length; i++)
            {
                at = Math.Abs(actual[i] - expected[i]) > bound ? i : -1;
            }

            if (at >= 0)
            {
                int plane = y.Height * y.Width;
                throw new EmdcException(string.Create(System.Globalization.CultureInfo.InvariantCulture,
                    $"{op} on {Device.Name} differs from the CPU at channel {at / plane}, row {at % plane / y.Width}, column {at % y.Width} of {y}: {actual[at]:G9} instead of {expected[at]:G9}, but {bound:G3} is allowed."));
            }
        }
    }

    private static Tensor On(Tensor tensor) => ((PairTensor)tensor).OnDevice;

    private static Tensor Of(Tensor tensor) => ((PairTensor)tensor).OnReference;
}

/// <summary>A tensor on the device and the same on the CPU.</summary>
internal sealed class PairTensor(Tensor onDevice, Tensor onReference)
    : Tensor(onDevice.Name, onDevice.Channels, onDevice.Height, onDevice.Width, onDevice.Reach)
{
    public Tensor OnDevice { get; } = onDevice;

    public Tensor OnReference { get; } = onReference;

    public override Tensor Slice(int first, int count) => new PairTensor(OnDevice.Slice(first, count), OnReference.Slice(first, count));
}
