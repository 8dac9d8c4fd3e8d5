using EMDC.Network;
using EMDC.Tests.Parity;
using EMDC.Training.Optimiser;
using EMDC.Weights;

namespace EMDC.Training.Tests.Optimiser;

/// <summary>Parameters to folded weights and gradients back.</summary>
public sealed class ParametersTests
{
    private static readonly ParallelOptions Threads = new() { MaxDegreeOfParallelism = 2 };

    [Fact]
    public void Folding_again_gives_the_weights_that_inference_folds()
    {
        var parameters = new Parameters(new StateDict(GoldenParameters.StateDict(9)));
        foreach (Parameter p in parameters.All)
        {
            for (int i = 0; i < p.Values.Length; i++)
            {
                p.Values[i] *= 1.25f;
            }
        }

        parameters.Fold();
        var fresh = new EmdcWeights(parameters.State);
        Assert.Equal(fresh.Rezero, parameters.Weights.Rezero);
        foreach ((FoldedConv expected, FoldedConv actual) in fresh.Convs.Zip(parameters.Weights.Convs))
        {
            Assert.Equal(expected.Conv.Weight, actual.Conv.Weight);
            Assert.Equal(expected.Conv.Bias, actual.Conv.Bias);
        }
    }

    /// <summary>
    /// L = Σ c·(folded arrays) with random c is linear in every single parameter, so that a difference over any distance is its derivative.
    /// </summary>
    [Theory]
    [InlineData("enc.features.0.0.weight")]
    [InlineData("enc.features.0.1.weight")]
    [InlineData("enc.features.0.1.bias")]
    [InlineData("enc.features.5.conv.3.weight")]
    [InlineData("enc.features.5.conv.4.weight")]
    [InlineData("dec4.conv.weight")]
    [InlineData("dec4.conv.bias")]
    [InlineData("dec4.bn.weight")]
    [InlineData("dec4.bn.bias")]
    [InlineData("dec4.act.weight")]
    [InlineData("dec4.conv2.bias")]
    [InlineData("dep_conv.0.weight")]
    [InlineData("guid_conv1_2.0.weight")]
    [InlineData("fuse_conv1.0.bias")]
    [InlineData("guid_conv3_2.0.weight")]
    [InlineData("alpha.weight")]
    [InlineData("rezero")]
    public void Gradients_go_back_through_the_folding(string name)
    {
        var parameters = new Parameters(new StateDict(GoldenParameters.StateDict(9)));
        var folded = new EmdcGradients(parameters.Weights);
        Fill(parameters.Weights, folded);
        parameters.Fold();
        var second = new EmdcGradients(parameters.Weights); // a lane that adds nothing
        parameters.Collect([folded, second], 0.5f, Threads);

        Parameter p = parameters[name];
        foreach (int i in new[] { 0, p.Values.Length / 3, p.Values.Length - 1 }.Distinct())
        {
            float before = p.Values[i];
            p.Values[i] = before + 0.25f;
            double above = Sum(parameters, folded);
            p.Values[i] = before - 0.25f;
            double below = Sum(parameters, folded);
            p.Values[i] = before;
            double expected = (above - below) / 0.5 / 2; // half of it is asked for
            Assert.True(Math.Abs(expected) > 1e-3, "the difference is to be seen");
            Assert.Equal(expected, p.Gradient[i], 2e-4 * Math.Abs(expected) + 1e-6);
        }
    }

    [Fact]
    public void Lanes_are_summed_in_their_order()
    {
        var parameters = new Parameters(new StateDict(GoldenParameters.StateDict(6)));
        EmdcGradients[] lanes = [new(parameters.Weights), new(parameters.Weights), new(parameters.Weights)];
        float[] parts = [1e8f, -1e8f, 1];
        for (int lane = 0; lane < 3; lane++)
        {
            lanes[lane].Of(parameters.Weights.Alpha).Weight[7] = parts[lane];
            lanes[lane].Rezero = parts[lane];
        }

        parameters.Collect(lanes, 1, Threads);
        Assert.Equal((1, 1), (parameters["alpha.weight"].Gradient[7], parameters["rezero"].Gradient[0]));
    }

    private static void Fill(EmdcWeights weights, EmdcGradients gradients)
    {
        foreach (FoldedConv conv in weights.Convs)
        {
            (float[] weight, float[] bias) = gradients.Of(conv.Conv);
            Random(conv.Conv.Name, weight);
            Random(conv.Conv.Name + ".b", bias);
        }

        foreach (Upsample block in weights.Decoder)
        {
            Random(block.Conv.Name + ".slope", gradients.OfSlope(block.Slope));
        }

        gradients.Rezero = 0.75f;
    }

    private static void Random(string name, float[] values)
    {
        uint hash = GoldenHash.Name(name);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = 1.5f + (0.5f * GoldenHash.Symmetric(hash, i));
        }
    }

    private static double Sum(Parameters parameters, EmdcGradients c)
    {
        parameters.Fold();
        double sum = (double)parameters.Weights.Rezero * c.Rezero;
        foreach (FoldedConv conv in parameters.Weights.Convs)
        {
            (float[] weight, float[] bias) = c.Of(conv.Conv);
            sum += Dot(weight, conv.Conv.Weight) + (conv.HasBias || conv.BatchNorm is not null ? Dot(bias, conv.Conv.Bias) : 0);
        }

        return sum + parameters.Weights.Decoder.Sum(block => Dot(c.OfSlope(block.Slope), block.Slope));
    }

    private static double Dot(float[] a, float[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += (double)a[i] * b[i];
        }

        return sum;
    }
}
