using EMDC.Operators;

namespace EMDC.Simd;

internal sealed unsafe partial class SimdOperators<S, V>
{
    /// <inheritdoc/>
    public void InputPreparation(Tensor x)
    {
        Operators.InputPreparation.Check(x);
        Record("InputPreparation", null, $"→ {x.Shape}", 0, 2 * Floats(x),
            new MeasureStep(_host), new PrepareStep(_host, (SimdTensor)x));
    }
}

/// <summary>The largest measured depth and the number of measured pixels: 4 bytes a pixel, so one task.</summary>
internal sealed unsafe class MeasureStep(HostFrame host) : Step
{
    public override int Tasks => 1;

    public override void Execute(int task, int worker)
    {
        float maximum = 0;
        int measured = 0;
        foreach (float d in new ReadOnlySpan<float>(host.Sparse, host.Height * host.Width))
        {
            if (d > 0 && d <= host.MaxDepth)
            {
                maximum = Math.Max(maximum, d);
                measured++;
            }
        }

        (host.Maximum, host.Measured) = (maximum, measured);
    }
}

/// <summary>Normalises colour and depth. A task is some rows.</summary>
internal sealed unsafe class PrepareStep : Step
{
    private const int Rows = 16;

    private readonly HostFrame _host;
    private readonly SimdTensor _x;

    // (b / 255 − mean) / deviation for every byte and channel.
    private readonly float[] _table = new float[3 * 256];

    public PrepareStep(HostFrame host, SimdTensor x)
    {
        (_host, _x) = (host, x);
        for (int i = 0; i < _table.Length; i++)
        {
            int c = i / 256;
            double value = ((i % 256 / 255.0) - InputPreparation.Mean[c]) / InputPreparation.Deviation[c];
            _table[i] = (float)value;
        }
    }

    public override int Tasks => (_x.Height + Rows - 1) / Rows;

    public override void Execute(int task, int worker)
    {
        float scale = _host.Maximum + InputPreparation.Epsilon;
        fixed (float* table = _table)
        {
            for (int i = task * Rows; i < Math.Min((task + 1) * Rows, _x.Height); i++)
            {
                long at = (long)i * _x.Stride;
                float* r = _x.Channel(0) + at, g = _x.Channel(1) + at, b = _x.Channel(2) + at, d = _x.Channel(3) + at;
                byte* rgb = _host.Rgb + (3L * Math.Min(i, _host.Height - 1) * _host.Width);
                float* sparse = _host.Sparse + ((long)i * _host.Width);
                for (int j = 0; j < _x.Width; j++)
                {
                    byte* pixel = rgb + (3 * Math.Min(j, _host.Width - 1));
                    r[j] = table[pixel[0]];
                    g[j] = table[256 + pixel[1]];
                    b[j] = table[512 + pixel[2]];
                    float depth = i < _host.Height && j < _host.Width ? sparse[j] : 0;
                    d[j] = depth > 0 && depth <= _host.MaxDepth ? depth / scale : 0;
                }
            }
        }
    }
}
