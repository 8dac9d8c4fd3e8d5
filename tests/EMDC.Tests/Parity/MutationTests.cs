using EMDC.Tests.Reference;

namespace EMDC.Tests.Parity;

/// <summary>The goldens see mistakes: each one breaks the engine's bound, first at the stage where it is made.</summary>
public sealed class MutationTests
{
    private static readonly GoldenFile Golden = GoldenFile.Read("nine-32x32");
    private static readonly ReferenceNetwork Network = new(GoldenParameters.StateDict(9), FunnelPlan.Nine);
    private static readonly byte[] Rgb = GoldenInputs.Rgb(32, 32);
    private static readonly float[] Sparse = GoldenInputs.Sparse(32, 32);

    // The mistake and the first stage that shows it.
    private static readonly Dictionary<string, (Mutations Mutations, string FirstStage)> Mistakes = new()
    {
        ["depth divided without 1e-4"] = (new Mutations { DepthEpsilon = 0 }, "input"),
        ["ReLU for ReLU6"] = (new Mutations { ReLU6WithoutLimit = true }, "enc.features.1"),
        ["batch norm with epsilon 1e-3"] = (new Mutations { BatchNormEpsilon = 1e-3 }, "enc.features.1"),
        ["rows and columns of filters exchanged"] = (new Mutations { TransposedTaps = true }, "enc.features.1"),
        ["rows and columns of depthwise filters exchanged"] = (new Mutations { TransposedDepthwiseTaps = true }, "enc.features.1"),
        ["convolutions repeat the border"] = (new Mutations { ReplicatedBorder = true }, "enc.features.1"),
        ["stride 2 begins one pixel later"] = (new Mutations { ShiftedStride = true }, "enc.features.1"),
        ["sub-pixels column by column"] = (new Mutations { TransposedPixelShuffle = true }, "dec5"),
        ["ReLU for PReLU"] = (new Mutations { PReLUWithoutSlope = true }, "dec5"),
        ["tap before decoder feature"] = (new Mutations { SwappedDecoderConcat = true }, "dec4"),
        ["fd1 before local feature"] = (new Mutations { SwappedConfidenceConcat = true }, "confidence"),
        ["confidence given to the global branch"] = (new Mutations { SwappedFusion = true }, "fused"),
        ["propagation repeats the border"] = (new Mutations { ReplicatedPropagationBorder = true }, "fcspn1"),
        ["fuse weights in reverse order"] = (new Mutations { SwappedFuse = true }, "fcspn1"),
        ["the measurement kept"] = (new Mutations { MeasurementKept = true }, "fcspn1"),
        ["nothing kept"] = (new Mutations { NothingKept = true }, "fcspn1"),
        ["y before logits"] = (new Mutations { SwappedGuidanceConcat = true }, "fcspn2"),
        ["softmaxed kernels handed on"] = (new Mutations { KernelsHandedOn = true }, "fcspn2"),
        ["outputs multiplied by largest + 1e-4"] = (new Mutations { MultipliedByLargestAndEpsilon = true }, "output.dense"),
    };

    public static TheoryData<string> Names => [.. Mistakes.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_mistake_breaks_a_golden(string mistake)
    {
        var (mutations, firstStage) = Mistakes[mistake];
        var stages = Network.Run(Rgb, Sparse, 32, 32, mutations);
        string? first = Golden.Stages.FirstOrDefault(s => !(Golden.RelativeError(s, stages[s]) <= GoldenFile.EngineBound));
        Assert.Equal(firstStage, first);
        Assert.True(
            Golden.RelativeError("output.dense", stages["output.dense"]) > GoldenFile.EngineBound,
            $"{mistake}: the dense output stays within the bound.");
    }

    [Fact]
    public void Without_a_mistake_nothing_breaks()
    {
        var stages = Network.Run(Rgb, Sparse, 32, 32);
        Assert.All(Golden.Stages, s => Assert.InRange(Golden.RelativeError(s, stages[s]), 0, 1e-12));
    }

    [Fact]
    public void Every_mistake_is_tried()
    {
        foreach (var property in typeof(Mutations).GetProperties().Where(p => p.CanWrite))
        {
            Assert.Single(Mistakes.Values, m => !Equals(property.GetValue(m.Mutations), property.GetValue(Mutations.None)));
        }
    }
}
