using EMDC.Operators;
using EMDC.Tests.Reference;
using Tensor = EMDC.Operators.Tensor;

namespace EMDC.Tests.Operators;

/// <summary>One operator on one input: what is recorded and what must come out.</summary>
/// <param name="op">The operator's name.</param>
/// <param name="description">What tells this case from the operator's others.</param>
/// <param name="record">Makes tensors and records the operator.</param>
/// <param name="expected">The reference's results; computed once for all backends.</param>
internal sealed class OperatorCase(string op, string description, Action<CaseDevice> record, Func<IEnumerable<Expected>> expected)
{
    private readonly Lazy<Expected[]> _expected = new(() => [.. expected()]);

    public string Operator => op;

    public string Name => $"{op} {description}";

    /// <summary>Runs the case and fails unless every output agrees and the border around each is still zero.</summary>
    public void Run(Backend backend)
    {
        using IBackend device = backend.Open();
        var run = new CaseDevice(device);
        record(run);
        Assert.Contains(device.Plan, planned => planned.Operator == op);
        foreach (CaseOutput output in run.Outputs.Values)
        {
            output.RecordProbe(device);
        }

        Assert.Equal(run.Measured, device.Run(run.Frame, CancellationToken.None));
        foreach (Expected result in _expected.Value)
        {
            float[] actual = run.Maps.TryGetValue(result.Output, out float[]? map) ? map : run.Outputs[result.Output].Read(device);
            result.Tolerance.Check($"{Name}, {result.Output}", backend.Name, result.Values, actual, result.Magnitudes);
        }

        foreach (CaseOutput output in run.Outputs.Values)
        {
            output.CheckBorder(device, Name, backend.Name);
        }
    }
}

/// <summary>What one output must be.</summary>
/// <param name="Output">The name of the tensor or map.</param>
/// <param name="Values">The reference's values.</param>
/// <param name="Tolerance">How far from them.</param>
/// <param name="Magnitudes">Σ|w·x| of every value, where the tolerance is <see cref="Tolerance.Sum"/>.</param>
internal sealed record Expected(string Output, double[] Values, Tolerance Tolerance, double[]? Magnitudes = null)
{
    public static Expected Sum(string output, Reference.Tensor values, Reference.Tensor magnitudes, int terms) =>
        new(output, values.Values, Tolerance.Sum(terms), magnitudes.Values);

    public static Expected Exact(string output, Reference.Tensor values) => new(output, values.Values, Tolerance.Exact);
}

/// <summary>The device that a case is recorded on.</summary>
internal sealed class CaseDevice(IBackend op)
{
    public IBackend Op => op;

    /// <summary>Tensors to compare, by name.</summary>
    public Dictionary<string, CaseOutput> Outputs { get; } = [];

    /// <summary>The caller's maps to compare, by name.</summary>
    public Dictionary<string, float[]> Maps { get; } = [];

    public int Height { get; set; }

    public int Width { get; set; }

    public byte[] Rgb { get; set; } = [];

    public float[] Sparse { get; set; } = [];

    public float MaxDepth { get; set; } = 20;

    /// <summary>The number of measured pixels that the run must find.</summary>
    public int Measured { get; set; }

    public Frame Frame => new()
    {
        Height = Height,
        Width = Width,
        Rgb = Rgb,
        Sparse = Sparse,
        Dense = Maps.GetValueOrDefault("dense"),
        Global = Maps.GetValueOrDefault("global"),
        Local = Maps.GetValueOrDefault("local"),
        Confidence = Maps.GetValueOrDefault("confidence"),
        MaxDepth = MaxDepth,
    };

    /// <summary>A tensor that holds these values.</summary>
    public Tensor Input(string name, Reference.Tensor values, int reach = 1)
    {
        Tensor tensor = op.Tensor(name, values.Channels, values.Height, values.Width, reach);
        op.Write(tensor, Array.ConvertAll(values.Values, v => (float)v));
        return tensor;
    }

    /// <summary>
    /// A tensor to compare: a slice out of a larger one, as the network's concatenations are. All of it is NaN before the run,
    /// so that what the operator leaves out is seen, and so is what it writes into its neighbours.
    /// </summary>
    public Tensor Output(string name, int channels, int height, int width, int reach = 1)
    {
        Tensor whole = Unset(name, channels + 2, height, width, reach);
        Tensor slice = whole.Slice(1, channels);
        Outputs.Add(name, new CaseOutput(whole, slice));
        return slice;
    }

    /// <summary>A tensor of NaN that is not compared.</summary>
    public Tensor Unset(string name, int channels, int height, int width, int reach = 1)
    {
        Tensor tensor = op.Tensor(name, channels, height, width, reach);
        float[] nothing = new float[channels * height * width];
        Array.Fill(nothing, float.NaN);
        op.Write(tensor, nothing);
        return tensor;
    }
}

/// <summary>An output of a case and a convolution of ones over it that looks as far out as any stencil may.</summary>
internal sealed class CaseOutput(Tensor whole, Tensor tensor)
{
    private Tensor? _probe;

    public float[] Read(IBackend op) => Read(op, tensor);

    public void RecordProbe(IBackend op)
    {
        _probe = op.Tensor($"border of {tensor.Name}", 1, tensor.Height, tensor.Width, tensor.Reach);
        float[] ones = new float[tensor.Channels * Kernel * Kernel];
        Array.Fill(ones, 1);
        var w = new ConvWeights($"border of {tensor.Name}", 1, tensor.Channels, Kernel, ones, [0]);
        op.Conv2d(w, tensor, _probe, Activation.None);
    }

    /// <summary>The sum of ones over the output as it was read is what the probe found, if all that it found outside is 0.</summary>
    public void CheckBorder(IBackend op, string name, string backend)
    {
        Reference.Tensor values = new(tensor.Channels, tensor.Height, tensor.Width, Array.ConvertAll(Read(op), v => (double)v));
        double[] ones = new double[tensor.Channels * Kernel * Kernel];
        Array.Fill(ones, 1);
        var w = new Filter(1, tensor.Channels, Kernel, ones);
        Tolerance.Sum(ones.Length + 1).Check(
            $"{name}, border of {tensor.Name}", backend,
            Reference.Conv2d.Apply(values, w, null, 1, Kernel / 2).Values, Read(op, _probe!),
            Reference.Conv2d.Magnitude(values, w, null, 1, Kernel / 2).Values);

        float[] all = Read(op, whole);
        int plane = tensor.Height * tensor.Width;
        Assert.All(all[..plane], v => Assert.True(float.IsNaN(v), $"{name} on {backend} wrote into the channel before {tensor.Name}."));
        Assert.All(all[^plane..], v => Assert.True(float.IsNaN(v), $"{name} on {backend} wrote into the channel after {tensor.Name}."));
    }

    private int Kernel => (2 * tensor.Reach) + 1;

    private static float[] Read(IBackend op, Tensor t)
    {
        float[] values = new float[t.Channels * t.Height * t.Width];
        op.Read(t, values);
        return values;
    }
}
