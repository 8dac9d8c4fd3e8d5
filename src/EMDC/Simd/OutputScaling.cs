using EMDC.Operators;

namespace EMDC.Simd;

internal sealed unsafe partial class SimdOperators<S, V>
{
    /// <inheritdoc/>
    public void OutputScaling(Tensor y, OutputMap map)
    {
        Operators.OutputScaling.Check(y);
        Record("OutputScaling", null, $"{y.Shape} → {map}", 0, 2 * Floats(y), new ScaleStep(_host, (SimdTensor)y, map));
    }
}

/// <summary>Writes one of the caller's maps if it is wanted. A task is some rows.</summary>
internal sealed unsafe class ScaleStep(HostFrame host, SimdTensor y, OutputMap map) : Step
{
    private const int Rows = 64;

    public override int Tasks => host.Map(map) is null ? 0 : (host.Height + Rows - 1) / Rows;

    public override void Execute(int task, int worker)
    {
        float scale = map == OutputMap.Confidence ? 1 : host.Maximum;
        for (int i = task * Rows; i < Math.Min((task + 1) * Rows, host.Height); i++)
        {
            var from = new ReadOnlySpan<float>(y.Origin + ((long)i * y.Stride), host.Width);
            var to = new Span<float>(host.Map(map) + ((long)i * host.Width), host.Width);
            for (int j = 0; j < to.Length; j++)
            {
                to[j] = from[j] * scale;
            }
        }
    }
}
