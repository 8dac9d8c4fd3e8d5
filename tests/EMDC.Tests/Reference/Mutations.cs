namespace EMDC.Tests.Reference;

/// <summary>Mistakes that the reference makes on demand, so that the goldens can be seen to notice each of them.</summary>
public sealed record Mutations
{
    public static readonly Mutations None = new();

    public bool ReLU6WithoutLimit { get; init; }

    public bool PReLUWithoutSlope { get; init; }

    /// <summary>Rows and columns of every dense filter exchanged.</summary>
    public bool TransposedTaps { get; init; }

    /// <summary>Rows and columns of every depthwise filter exchanged.</summary>
    public bool TransposedDepthwiseTaps { get; init; }

    /// <summary>Convolutions read the nearest pixel outside the image.</summary>
    public bool ReplicatedBorder { get; init; }

    /// <summary>Convolutions of stride 2 begin one pixel later.</summary>
    public bool ShiftedStride { get; init; }

    public bool ReplicatedPropagationBorder { get; init; }

    public double BatchNormEpsilon { get; init; } = BatchNorm.Epsilon;

    public double DepthEpsilon { get; init; } = DepthNormalization.Epsilon;

    /// <summary>Outputs multiplied by largest + 1e-4.</summary>
    public bool MultipliedByLargestAndEpsilon { get; init; }

    /// <summary>Tap first, decoder feature second.</summary>
    public bool SwappedDecoderConcat { get; init; }

    /// <summary>Sub-pixels of the pixel shuffle column-major.</summary>
    public bool TransposedPixelShuffle { get; init; }

    /// <summary>fd1 first, local feature second.</summary>
    public bool SwappedConfidenceConcat { get; init; }

    /// <summary>local · (1 − c) + global · c.</summary>
    public bool SwappedFusion { get; init; }

    /// <summary>y first, logits second.</summary>
    public bool SwappedGuidanceConcat { get; init; }

    /// <summary>Softmaxed kernels instead of logits go to the next stage.</summary>
    public bool KernelsHandedOn { get; init; }

    /// <summary>The fuse weights of the dilations in reverse order.</summary>
    public bool SwappedFuse { get; init; }

    /// <summary>Measured pixels hold the measurement instead of the network's own estimate.</summary>
    public bool MeasurementKept { get; init; }

    /// <summary>Measured pixels are updated like all others.</summary>
    public bool NothingKept { get; init; }
}
