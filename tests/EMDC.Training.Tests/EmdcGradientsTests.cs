using EMDC.Network;
using EMDC.Weights;

namespace EMDC.Training.Tests;

public sealed class EmdcGradientsTests
{
    [Fact]
    public void Gradients_of_two_samples_add_up_and_are_cleared()
    {
        ParameterManifest manifest = ParameterManifest.SixStages;
        var w = new EmdcWeights(new StateDict(manifest.Parameters.Select(p => (p.Name, p.Shape, new float[p.Shape.Aggregate(1, (a, b) => a * b)]))));
        EmdcGradients one = new(w), other = new(w);
        foreach (EmdcGradients gradients in (EmdcGradients[])[one, other])
        {
            Array.Fill(gradients.Of(w.Stem).Weight, 1);
            Array.Fill(gradients.Of(w.Funnel[^1].Guidance[0]).Bias, 2);
            Array.Fill(gradients.OfSlope(w.Decoder[2].Slope), 3);
            gradients.Rezero = 4;
        }

        one.Add(other);
        Assert.All(one.Of(w.Stem).Weight, v => Assert.Equal(2, v));
        Assert.All(one.Of(w.Funnel[^1].Guidance[0]).Bias, v => Assert.Equal(4, v));
        Assert.All(one.OfSlope(w.Decoder[2].Slope), v => Assert.Equal(6, v));
        Assert.Equal(8, one.Rezero);
        one.Clear();
        Assert.All(one.Of(w.Stem).Weight, v => Assert.Equal(0, v));
        Assert.Equal(0, one.Rezero);
    }
}
