using EMDC.Tests.Parity;
using EMDC.Training.Optimiser;
using EMDC.Weights;

namespace EMDC.Training.Tests.Optimiser;

public sealed class AdamWTests
{
    private static readonly ParallelOptions Threads = new() { MaxDegreeOfParallelism = 2 };

    [Fact]
    public void Three_steps_are_those_of_the_formula()
    {
        var parameters = new Parameters(new StateDict(GoldenParameters.StateDict(6)));
        var optimiser = new AdamW(parameters) { Decay = 0.1f, Clip = 1, Average = 0.9f };
        string[] names = ["enc.features.4.conv.0.weight", "enc.features.4.conv.1.weight", "guid_conv2_1.0.weight", "dec1.bn.bias", "rezero"];
        var doubles = names.Select(name => new Expected(parameters[name])).ToArray();
        for (int step = 0; step < 3; step++)
        {
            foreach (Parameter p in parameters.All)
            {
                uint hash = GoldenHash.Name($"{p.Name}.{step}");
                for (int i = 0; i < p.Gradient.Length; i++)
                {
                    p.Gradient[i] = 0.01f * GoldenHash.Symmetric(hash, i);
                }
            }

            double norm = Math.Sqrt(parameters.All.Sum(p => p.Gradient.Sum(g => (double)g * g)));
            Assert.True(norm > 1, "the bound is to be seen");
            float rate = 0.01f * (step + 1);
            foreach (Expected expected in doubles)
            {
                expected.Step(rate, 1 / norm, step, 0.1f, 0.9);
            }

            Assert.Equal(norm, optimiser.Step(rate, Threads), 1e-6 * norm);
        }

        foreach (Expected expected in doubles)
        {
            expected.Compare();
        }
    }

    [Fact]
    public void Kernels_decay_and_norms_biases_and_the_funnel_do_not()
    {
        var parameters = new Parameters(new StateDict(GoldenParameters.StateDict(9)));
        Assert.True(parameters["enc.features.0.0.weight"].Decays);
        Assert.True(parameters["alpha.weight"].Decays);
        Assert.All(
            ["enc.features.0.1.weight", "dec5.conv.bias", "dec5.act.weight", "rezero", "guid_conv1_1.0.weight", "fuse_conv3.0.weight"],
            name => Assert.False(parameters[name].Decays, name));
        Assert.Equal((0.4f, 1), (parameters["fuse_conv3.0.weight"].Rate, parameters["dep_conv.0.weight"].Rate));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_gradient_that_is_not_finite_changes_nothing(float broken)
    {
        var parameters = new Parameters(new StateDict(GoldenParameters.StateDict(6)));
        var optimiser = new AdamW(parameters);
        float[] before = [.. parameters["dec1.conv.weight"].Values];
        parameters["dec1.conv.weight"].Gradient[5] = broken;
        Assert.False(double.IsFinite(optimiser.Step(0.1f, Threads)));
        Assert.Equal(before, parameters["dec1.conv.weight"].Values);
        Assert.Equal(0, optimiser.Steps);
    }

    private sealed class Expected(Parameter parameter)
    {
        private readonly double[] _values = [.. parameter.Values], _average = [.. parameter.Values];
        private readonly double[] _momentum = new double[parameter.Values.Length], _square = new double[parameter.Values.Length];

        public void Step(double rate, double scale, int step, double decay, double average)
        {
            rate *= parameter.Rate;
            double keep = Math.Min(average, (1.0 + step) / (10 + step));
            for (int i = 0; i < _values.Length; i++)
            {
                double g = scale * parameter.Gradient[i];
                _values[i] -= parameter.Decays ? rate * decay * _values[i] : 0;
                _momentum[i] = (0.9 * _momentum[i]) + (0.1 * g);
                _square[i] = (0.999 * _square[i]) + (0.001 * g * g);
                double m = _momentum[i] / (1 - Math.Pow(0.9, step + 1)), v = _square[i] / (1 - Math.Pow(0.999, step + 1));
                _values[i] -= rate * m / (Math.Sqrt(v) + 1e-8);
                _average[i] = (keep * _average[i]) + ((1 - keep) * _values[i]);
            }
        }

        public void Compare()
        {
            double largest = _values.Max(Math.Abs);
            for (int i = 0; i < _values.Length; i++)
            {
                // 0.06 in three steps, of which float32 sees a hundred-thousandth.
                Assert.Equal(_values[i], parameter.Values[i], 1e-6 * (1 + largest));
                Assert.Equal(_average[i], parameter.Average[i], 1e-6 * (1 + largest));
            }
        }
    }
}
