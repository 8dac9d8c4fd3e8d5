using EMDC.Operators;
using EMDC.Simd;

namespace EMDC.Training;

internal sealed unsafe partial class TrainingOperators<S, V>
{
    /// <inheritdoc/>
    public void InputPreparation(Tensor x)
    {
        EMDC.Operators.InputPreparation.Check(x);
        Writes(x, gradient: false);
        Record("InputPreparation", null, x, x, 0, [new TrainingInputStep(frame, (SimdTensor)x)], () => []);
    }

    /// <inheritdoc/>
    public void OutputScaling(Tensor y, OutputMap map)
    {
        EMDC.Operators.OutputScaling.Check(y);
        if (map == OutputMap.Confidence)
        {
            return;
        }

        Record("OutputScaling", null, y, y, 0, [new TrainingOutputStep(frame, (SimdTensor)y, map)], Backward);

        List<Step> Backward()
        {
            List<Step> steps = [];
            var (dy, add) = Begin(y, steps);
            steps.Add(new OutputGradientStep(frame, dy, map, add));
            return steps;
        }
    }
}

/// <summary>rgb as it is, depth / (max depth + 1e-4): <see cref="InputPreparation"/> of a frame that fills the input.</summary>
internal sealed unsafe class TrainingInputStep(TrainingFrame frame, SimdTensor x) : Step
{
    public override int Tasks => 1;

    public override void Execute(int task, int worker)
    {
        int pixels = x.Height * x.Width;
        frame.Maximum = 0;
        foreach (float d in new ReadOnlySpan<float>(frame.Sparse, pixels))
        {
            frame.Maximum = Math.Max(frame.Maximum, d);
        }

        float scale = frame.Maximum + InputPreparation.Epsilon;
        for (int i = 0; i < x.Height; i++)
        {
            for (int c = 0; c < 3; c++)
            {
                new ReadOnlySpan<float>(frame.Rgb + ((long)c * pixels) + (i * x.Width), x.Width).CopyTo(Row(c, i));
            }

            float* sparse = frame.Sparse + (i * x.Width);
            Span<float> depth = Row(3, i);
            for (int j = 0; j < depth.Length; j++)
            {
                depth[j] = sparse[j] / scale;
            }
        }
    }

    private Span<float> Row(int c, int i) => new(x.Channel(c) + ((long)i * x.Stride), x.Width);
}

/// <summary>out[i, j] = y[i, j] · m.</summary>
internal sealed unsafe class TrainingOutputStep(TrainingFrame frame, SimdTensor y, OutputMap map) : Step
{
    public override int Tasks => 1;

    public override void Execute(int task, int worker)
    {
        float[] to = frame.Map(map);
        for (int i = 0; i < y.Height; i++)
        {
            float* from = y.Origin + ((long)i * y.Stride);
            for (int j = 0; j < y.Width; j++)
            {
                to[(i * y.Width) + j] = from[j] * frame.Maximum;
            }
        }
    }
}

/// <summary>dy[i, j] (+)= dout[i, j] · m.</summary>
internal sealed unsafe class OutputGradientStep(TrainingFrame frame, SimdTensor dy, OutputMap map, bool add) : Step
{
    public override int Tasks => 1;

    public override void Execute(int task, int worker)
    {
        for (int i = 0; i < dy.Height; i++)
        {
            float* from = frame.Gradient(map) + ((long)i * dy.Width), to = dy.Origin + ((long)i * dy.Stride);
            for (int j = 0; j < dy.Width; j++)
            {
                to[j] = (from[j] * frame.Maximum) + (add ? to[j] : 0);
            }
        }
    }
}
