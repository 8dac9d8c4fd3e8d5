using System.Runtime.InteropServices;
using EMDC.Network;
using EMDC.Operators;
using EMDC.Tests.Parity;
using EMDC.Weights;

namespace EMDC.Training.Tests;

/// <summary>The gradients of the whole network against PyTorch's in float64, which tools/train/gradients.py writes.</summary>
public sealed class GradientParityTests
{
    /// <summary>Relative to a gradient's norm or, for single entries, to its largest.</summary>
    private const double Bound = 1e-4;

    private const float Penalty = 20;
    private const int Projections = 4;

    public static TheoryData<int, int, int, string> Cases()
    {
        var cases = new TheoryData<int, int, int, string>();
        foreach ((int stages, int height, int width) in ((int, int, int)[])[(9, 32, 32), (9, 64, 96), (6, 32, 32), (6, 64, 96)])
        {
            foreach ((string option, _, bool isSupported) in Devices.SimdWidths)
            {
                if (isSupported && (option != "scalar" || height == 32))
                {
                    cases.Add(stages, height, width, option);
                }
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gradients_are_those_of_PyTorch(int stages, int height, int width, string simd)
    {
        var golden = SafetensorsFile.Read(GoldenFile.PathOf($"gradients-{(stages == 9 ? "nine" : "six")}-{height}x{width}.safetensors"));
        var w = new EmdcWeights(new StateDict(GoldenParameters.StateDict(stages).Select(Moved)));
        using var weights = new TrainingWeights(w);
        using var network = new TrainingNetwork(weights, height, width, simd);
        var gradients = new EmdcGradients(w);

        // Twice, so that whatever the first frame leaves behind is seen.
        for (int run = 0; run < 2; run++)
        {
            gradients.Clear();
            network.Forward(Normalised(height, width), GoldenInputs.Sparse(height, width));
            network.Backward(Cotangent("dense"), Cotangent("global"), Cotangent("local"), Penalty, gradients);
        }

        var failures = new List<string>();
        Compare("logits", [network.LogitLoss], Numbers("logits"));
        foreach (FoldedConv conv in w.Convs)
        {
            (float[] weight, float[] bias) = gradients.Of(conv.Conv);
            Describe($"folded {conv.Conv.Name}.weight", weight);
            if (conv.Conv.Name != "alpha")
            {
                Describe($"folded {conv.Conv.Name}.bias", bias);
            }
        }

        for (int i = 0; i < w.Decoder.Length; i++)
        {
            Describe($"raw {Topology.Decoder[i].Name}.act.weight", gradients.OfSlope(w.Decoder[i].Slope));
        }

        Describe("raw rezero", [gradients.Rezero]);
        Assert.True(failures.Count == 0, string.Join('\n', failures));

        // Offsets in front of a clamp are moved to where no pixel is near its kinks.
        (string Name, int[] Shape, float[] Values) Moved((string Name, int[] Shape, float[] Values) p) =>
            golden.TryGet($"moved {p.Name}", out SafetensorsTensor? moves)
                ? p with { Values = [.. p.Values.Zip(moves.ToFloat32(), (value, move) => value + move)] } : p;

        float[] Cotangent(string name)
        {
            uint hash = GoldenHash.Name($"cotangent.{name}");
            return [.. Enumerable.Range(0, height * width).Select(i => GoldenHash.Symmetric(hash, i))];
        }

        double[] Numbers(string name)
        {
            Assert.True(golden.TryGet(name, out SafetensorsTensor? tensor), $"{name} is not among the goldens.");
            return MemoryMarshal.Cast<byte, double>(tensor!.Data.Span).ToArray();
        }

        void Compare(string name, ReadOnlySpan<float> actual, double[] expected)
        {
            for (int i = 0; i < expected.Length; i++)
            {
                if (!(Math.Abs(actual[i] - expected[i]) <= Bound * Math.Abs(expected[i])))
                {
                    failures.Add($"{name}: {actual[i]:G7} instead of {expected[i]:G7}.");
                }
            }
        }

        void Describe(string name, float[] gradient)
        {
            double[] numbers = Numbers(name);
            (double norm, double largest) = (numbers[0], numbers[1]);
            for (int i = 0; i < numbers.Length - 2; i++)
            {
                bool isEntry = i >= Projections;
                int entries = numbers.Length - 2 - Projections;
                double actual = isEntry
                    ? gradient[(int)((i - Projections) * (long)gradient.Length / entries)] : GoldenHash.Projected(gradient, i);
                double error = Math.Abs(actual - numbers[i + 2]) / (isEntry ? largest : norm);
                if (!(error <= Bound))
                {
                    failures.Add($"{name}, {(isEntry ? "entry" : "projection")} {i}: {actual:G7} instead of {numbers[i + 2]:G7}, {error:E1} of {(isEntry ? "the largest" : "the norm")}.");
                }
            }
        }
    }

    /// <summary>3×H×W.</summary>
    private static float[] Normalised(int height, int width)
    {
        byte[] rgb = GoldenInputs.Rgb(height, width);
        var x = new float[rgb.Length];
        for (int i = 0; i < rgb.Length; i++)
        {
            int c = i % 3;
            x[(c * height * width) + (i / 3)] = (float)(((rgb[i] / 255.0) - InputPreparation.Mean[c]) / InputPreparation.Deviation[c]);
        }

        return x;
    }
}
