using System.Numerics;

namespace EMDC.Training.Optimiser;

/// <summary>
/// AdamW (Loshchilov, Hutter 2019) behind a bound on the gradient's norm, and the average of the weights:
/// <code>
/// g ← g·min(1, c/‖g‖)       over all parameters together
/// p ← p − η·λ·p             where the parameter decays
/// m ← β₁·m + (1 − β₁)·g     v ← β₂·v + (1 − β₂)·g²
/// p ← p − η·(m/(1 − β₁ᵗ)) / (√(v/(1 − β₂ᵗ)) + ε)
/// a ← a + (1 − d)·(p − a)   d = min(average, (1 + t)/(10 + t)), with t from 0
/// </code>
/// η is the learning rate times the parameter's own share. Kernels that <see cref="Muon"/> is for take its steps instead of the third and
/// fourth line.
/// </summary>
internal sealed class AdamW
{
    // β are the paper's. ε is PyTorch's: gradients here are 1e-6 and more.
    private const float Beta1 = 0.9f, Beta2 = 0.999f, Epsilon = 1e-8f;

    // Their norms are summed in this order, whoever computed them.
    private readonly ParameterPart[] _parts;
    private readonly ParameterPart[] _own;
    private readonly double[] _squares;
    private readonly Muon? _muon;

    /// <param name="parameters">What is to be trained.</param>
    /// <param name="muon">Steps that some of them take instead of AdamW's.</param>
    public AdamW(Parameters parameters, Muon? muon = null)
    {
        _muon = muon;
        _parts = ParameterPart.Of(parameters.All);
        _squares = new double[_parts.Length];
        HashSet<Parameter> others = [.. muon?.Matrices ?? []];
        _own = [.. _parts.Where(part => !others.Contains(part.Parameter))];
    }

    /// <summary>Whether some parameters take other steps.</summary>
    public bool HasMuon => _muon is not null;

    /// <summary>λ: the paper does not name it; this is PyTorch's default.</summary>
    public float Decay { get; init; } = 0.01f;

    /// <summary>c: a batch with one bad picture must not undo a hundred good ones.</summary>
    public float Clip { get; init; } = 1;

    /// <summary>The largest d. 0.998 averages over some 500 steps, a few minutes.</summary>
    public float Average { get; init; } = 0.998f;

    /// <summary>Steps done.</summary>
    public long Steps { get; set; }

    /// <summary>Changes the parameters unless the gradient is not finite.</summary>
    /// <returns>‖g‖ before the bound.</returns>
    public double Step(float rate, ParallelOptions threads)
    {
        Parallel.For(0, _parts.Length, threads, i => _squares[i] = SumOfSquares(_parts[i].Parameter.Gradient.AsSpan(_parts[i].Start, _parts[i].Length)));
        double norm = Math.Sqrt(_squares.Sum());
        if (double.IsFinite(norm))
        {
            float scale = (float)Math.Min(1, Clip / Math.Max(norm, 1e-12)), keep = Math.Min(Average, (1f + Steps) / (10f + Steps));
            Steps++;
            double bias1 = 1 - Math.Pow(Beta1, Steps), bias2 = 1 - Math.Pow(Beta2, Steps);
            Parallel.For(0, _own.Length, threads, i => Update(_own[i], rate, scale, keep, bias1, bias2));
            _muon?.Step(rate, Decay, scale, keep, threads);
        }

        return norm;
    }

    private static double SumOfSquares(ReadOnlySpan<float> values)
    {
        var sum = Vector<double>.Zero;
        int i = 0;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(values[i..]), out Vector<double> low, out Vector<double> high);
            sum += low * low;
            sum += high * high;
        }

        double rest = Vector.Sum(sum);
        for (; i < values.Length; i++)
        {
            rest += (double)values[i] * values[i];
        }

        return rest;
    }

    private void Update(ParameterPart part, float rate, float scale, float keep, double bias1, double bias2)
    {
        (Parameter p, int start, int length) = part;
        float own = rate * p.Rate, shrink = p.Decays ? 1 - (own * Decay) : 1, step = (float)(own / bias1), root = (float)(1 / Math.Sqrt(bias2));
        Span<float> values = p.Values.AsSpan(start, length), momentum = p.Momentum.AsSpan(start, length);
        Span<float> square = p.Square.AsSpan(start, length), average = p.Average.AsSpan(start, length);
        ReadOnlySpan<float> gradient = p.Gradient.AsSpan(start, length);
        int i = 0;
        for (; i <= length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> g = new Vector<float>(gradient[i..]) * scale, value = new Vector<float>(values[i..]) * shrink, a = new Vector<float>(average[i..]);
            Vector<float> m = (new Vector<float>(momentum[i..]) * Beta1) + (g * (1 - Beta1));
            Vector<float> v = (new Vector<float>(square[i..]) * Beta2) + (g * g * (1 - Beta2));
            value -= m * step / ((Vector.SquareRoot(v) * root) + new Vector<float>(Epsilon));
            m.CopyTo(momentum[i..]);
            v.CopyTo(square[i..]);
            value.CopyTo(values[i..]);
            (a + ((value - a) * (1 - keep))).CopyTo(average[i..]);
        }

        for (; i < length; i++)
        {
            float g = gradient[i] * scale, m = (momentum[i] * Beta1) + (g * (1 - Beta1)), v = (square[i] * Beta2) + (g * g * (1 - Beta2));
            float value = (values[i] * shrink) - (m * step / ((MathF.Sqrt(v) * root) + Epsilon));
            (momentum[i], square[i], values[i]) = (m, v, value);
            average[i] += (value - average[i]) * (1 - keep);
        }
    }
}
