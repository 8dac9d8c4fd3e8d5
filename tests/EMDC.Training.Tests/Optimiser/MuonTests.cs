using EMDC.Tests.Parity;
using EMDC.Training.Optimiser;
using EMDC.Weights;

namespace EMDC.Training.Tests.Optimiser;

public sealed class MuonTests
{
    private static readonly ParallelOptions Threads = new() { MaxDegreeOfParallelism = 2 };

    [Fact]
    public void It_is_for_dense_kernels_alone()
    {
        string[] names = [.. new Muon(Golden()).Matrices.Select(p => p.Name)];
        Assert.Contains("enc.features.0.0.weight", names);
        Assert.Contains("dec5.conv.weight", names);
        Assert.Contains("enc.features.17.conv.6.weight", names);
        Assert.DoesNotContain("enc.features.1.conv.0.weight", names); // depthwise
        Assert.DoesNotContain("alpha.weight", names); // one output channel
        Assert.DoesNotContain(names, name => name.StartsWith("guid_conv", StringComparison.Ordinal) || name.StartsWith("fuse_conv", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("enc.features.4.conv.0.weight", 1)] // taller than wide
    [InlineData("dec1.conv.weight", 1)] // a stencil
    [InlineData("dec3.conv.weight", 2)] // 256 rows: two blocks
    public void Two_steps_are_those_of_the_formula(string name, int blocks)
    {
        Parameters parameters = Golden();
        Parameter p = parameters[name];
        var muon = new Muon(parameters);
        int rows = p.Shape[0], columns = p.Values.Length / rows;
        double[] values = [.. p.Values.Select(v => (double)v)], average = [.. values], momentum = new double[values.Length];
        var orthogonal = new Orthogonal();
        for (int step = 0; step < 2; step++)
        {
            uint hash = GoldenHash.Name($"{name}.{step}");
            var blend = new float[values.Length];
            for (int i = 0; i < blend.Length; i++)
            {
                p.Gradient[i] = GoldenHash.Symmetric(hash, i);
                double g = 0.5 * p.Gradient[i];
                momentum[i] = (0.95 * momentum[i]) + (0.05 * g);
                blend[i] = (float)((0.95 * momentum[i]) + (0.05 * g));
            }

            int height = rows / blocks;
            for (int block = 0; block < blocks; block++)
            {
                var u = new float[height * columns];
                orthogonal.Run(new MatrixView(blend, block * height * columns, height, columns, columns, 1), u);
                for (int i = 0; i < u.Length; i++)
                {
                    int at = (block * height * columns) + i;
                    values[at] -= (0.01 * 0.1 * values[at]) + (0.01 * 0.2 * Math.Sqrt(Math.Max(height, columns)) * u[i]);
                    average[at] = (0.9 * average[at]) + (0.1 * values[at]);
                }
            }

            muon.Step(rate: 0.01f, decay: 0.1f, scale: 0.5f, keep: 0.9f, Threads);
        }

        // A step moves a value by some 2e-3; single-precision sums in another order by some 1e-4 of that.
        for (int i = 0; i < values.Length; i++)
        {
            Assert.Equal(values[i], p.Values[i], 2e-6);
            Assert.Equal(average[i], p.Average[i], 2e-6);
        }
    }

    [Fact]
    public void AdamW_leaves_its_matrices_to_it_and_keeps_all_others()
    {
        Parameters alone = Golden(), both = Golden();
        foreach (Parameters parameters in new[] { alone, both })
        {
            foreach (Parameter p in parameters.All)
            {
                uint hash = GoldenHash.Name(p.Name);
                for (int i = 0; i < p.Gradient.Length; i++)
                {
                    p.Gradient[i] = GoldenHash.Symmetric(hash, i);
                }
            }
        }

        new AdamW(alone).Step(0.01f, Threads);
        var muon = new Muon(both);
        new AdamW(both, muon).Step(0.01f, Threads);
        HashSet<Parameter> matrices = [.. muon.Matrices];
        foreach ((Parameter a, Parameter b) in alone.All.Zip(both.All))
        {
            Assert.Equal(!matrices.Contains(b), a.Values.SequenceEqual(b.Values));
        }
    }

    private static Parameters Golden() => new(new StateDict(GoldenParameters.StateDict(6)));
}
