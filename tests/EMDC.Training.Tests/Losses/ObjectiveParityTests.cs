using System.Runtime.InteropServices;
using EMDC.Operators;
using EMDC.Tests.Parity;
using EMDC.Training.Data;
using EMDC.Training.Losses;
using EMDC.Training.Optimiser;
using EMDC.Weights;

namespace EMDC.Training.Tests.Losses;

/// <summary>
/// The whole of it, from the objective's terms back to the checkpoint's own parameters, against PyTorch's autograd in float64, which
/// tools/train/gradients.py writes.
/// </summary>
public sealed class ObjectiveParityTests
{
    /// <summary>Relative to a gradient's norm or, for single entries, to its largest.</summary>
    private const double Bound = 1e-4;

    private const int Projections = 4;

    [Theory]
    [InlineData(32, 32)]
    [InlineData(64, 96)]
    public void The_objective_and_its_gradient_are_those_of_PyTorch(int height, int width)
    {
        var golden = SafetensorsFile.Read(GoldenFile.PathOf($"objective-nine-{height}x{width}.safetensors"));
        var options = new ObjectiveOptions { Relative = 0.7f, Edges = 1, Limit = 0.5f, Negative = 1, Measured = 0.5f, Logits = 0.01f };
        var parameters = new Parameters(new StateDict(GoldenParameters.StateDict(9)));
        using var network = new TrainingNetwork(parameters.Weights, height, width);
        Sample sample = Frame(height, width);
        network.Forward(sample.Rgb, sample.Spots);

        // PyTorch takes λ from the batch itself.
        var objective = new Objective(options);
        float[][] d = [new float[height * width], new float[height * width], new float[height * width]];
        Shares shares = Balance.Of(objective.Evaluate(sample, network.Dense, network.Global, network.Local, default, d[0], d[1], d[2]));
        Terms terms = objective.Evaluate(sample, network.Dense, network.Global, network.Local, shares, d[0], d[1], d[2]) with { Logits = network.LogitLoss };
        var folded = new EmdcGradients(parameters.Weights);
        network.Backward(d[0], d[1], d[2], options.Logits, folded);
        parameters.Collect([folded], 1, new ParallelOptions { MaxDegreeOfParallelism = 2 });

        foreach ((string name, double value) in ((string, double)[])[
            ("dense", terms.Dense), ("global", terms.Global), ("local", terms.Local), ("gradient", terms.Gradient), ("negative", terms.Negative),
            ("measured", terms.Measured), ("logits", terms.Logits), ("total", terms.Total(shares, options))])
        {
            double expected = Numbers(name)[0];
            Assert.True(expected > 0.01, $"{name} is to be seen");
            Assert.True(Math.Abs(value - expected) <= Bound * expected, $"{name}: {value} instead of {expected}");
        }

        var failures = new List<string>();
        foreach (Parameter p in parameters.All)
        {
            double[] numbers = Numbers($"raw {p.Name}");
            (double norm, double largest) = (numbers[0], numbers[1]);
            int entries = numbers.Length - 2 - Projections;
            for (int i = 0; i < numbers.Length - 2; i++)
            {
                bool isEntry = i >= Projections;
                double actual = isEntry ? p.Gradient[(i - Projections) * (long)p.Gradient.Length / entries] : GoldenHash.Projected(p.Gradient, i);
                double error = Math.Abs(actual - numbers[i + 2]) / (isEntry ? largest : norm);
                if (!(error <= Bound))
                {
                    failures.Add($"{p.Name}, {(isEntry ? "entry" : "projection")} {i}: {actual:G7} instead of {numbers[i + 2]:G7}, {error:E1}.");
                }
            }
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures));

        double[] Numbers(string name)
        {
            Assert.True(golden.TryGet(name, out SafetensorsTensor? tensor), $"{name} is not among the goldens.");
            return MemoryMarshal.Cast<byte, double>(tensor.Data.Span).ToArray();
        }
    }

    /// <summary>The golden frame with the ground truth of gradients.py.</summary>
    private static Sample Frame(int height, int width)
    {
        const int Cell = 8;
        var sample = new Sample();
        sample.Resize(height, width);
        byte[] rgb = GoldenInputs.Rgb(height, width);
        for (int i = 0; i < rgb.Length; i++)
        {
            int c = i % 3;
            sample.Rgb[(c * height * width) + (i / 3)] = (float)(((rgb[i] / 255.0) - InputPreparation.Mean[c]) / InputPreparation.Deviation[c]);
        }

        GoldenInputs.Sparse(height, width).CopyTo(sample.Spots, 0);
        uint cells = GoldenHash.Name("truth.cells"), pixels = GoldenHash.Name("truth.pixels");
        float unit = height * width < 4096 ? 1f / 4096 : 1f / 256;
        for (int i = 0; i < height * width; i++)
        {
            (int y, int x) = (i / width, i % width);
            uint cell = 256 + ((GoldenHash.Bits(cells, (y / Cell * ((width + Cell - 1) / Cell)) + (x / Cell)) >> 8) % 1025);
            uint hashed = GoldenHash.Bits(pixels, i);
            sample.Depth[i] = hashed % 40 == 0 ? 0 : (cell + (hashed >> 28)) * unit;
        }

        return sample;
    }
}
