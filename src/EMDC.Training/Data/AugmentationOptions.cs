namespace EMDC.Training.Data;

/// <summary>
/// How samples differ from the frames they are drawn from. Chances are shares of all samples. The defaults stand for what users bring:
/// half of the samples are the challenge's sensor, the other half everything else that measures depth.
/// </summary>
internal sealed record AugmentationOptions
{
    /// <summary>Bytes of recordings that stay in memory: 150 frames of a megapixel.</summary>
    public long CacheBytes { get; init; } = 1L << 30;

    // ---- Which part of a frame ----

    /// <summary>Samples that show a larger part, scaled down: other focal lengths, and pixels as sharp as a good camera's.</summary>
    public float ShrinkChance { get; init; } = 0.5f;

    /// <summary>The largest factor of that.</summary>
    public float LargestShrink { get; init; } = 2;

    /// <summary>By how much width and height are stretched apart at most (pixels that are not square, lenses).</summary>
    public float Stretch { get; init; } = 0.1f;

    /// <summary>Mirrored left to right.</summary>
    public float FlipChance { get; init; } = 0.5f;

    /// <summary>Turned upside down; seldom, because that floors lie below is worth knowing.</summary>
    public float UpsideDownChance { get; init; } = 0.1f;

    /// <summary>Depths multiplied: the network divides by the largest depth, and must not learn what rooms measure.</summary>
    public float ScaleChance { get; init; } = 0.5f;

    /// <summary>The factor's range, uniform in its logarithm.</summary>
    public (float Low, float High) Scale { get; init; } = (0.3f, 3);

    /// <summary>
    /// Samples whose relief is flatter: inverse depths move towards their mean, which keeps planes plane. Where photographs have a depth
    /// edge, the farther surface is 1.1 times as far in the middle; in EMDC.Scenes 1.5 times, and so large steps are no test of the eye.
    /// </summary>
    public float FlattenChance { get; init; } = 0.6f;

    /// <summary>How far they move: 0 not at all, 1 to a wall.</summary>
    public (float Low, float High) Flatten { get; init; } = (0.2f, 1);

    /// <summary>Deepest depth after that: measurements beyond 20 m are dropped before the network.</summary>
    public float Farthest { get; init; } = 19;

    /// <summary>Least share of a sample's pixels with a known depth; what has less teaches little for its price.</summary>
    public float LeastKnown { get; init; } = 0.2f;

    /// <summary>Fewest spots; with fewer the answer is a guess, and its errors drown the others.</summary>
    public int FewestSpots { get; init; } = 24;

    /// <summary>
    /// Samples whose colours lie beside the depth, measured and true, as they do in photographs with a sensor's depth: six of six were off by
    /// 1 to 4 pixels.
    /// </summary>
    public float ShiftChance { get; init; } = 0.4f;

    /// <summary>By how many pixels at most.</summary>
    public float Shift { get; init; } = 3;

    /// <summary>
    /// Samples whose colours are moved by an amount that grows with nearness: a registration that has the distance between both cameras wrong
    /// by a centimetre. A network that trusts the picture's edges there puts a near thing's border pixels too far.
    /// </summary>
    public float ParallaxChance { get; init; } = 0.25f;

    /// <summary>By how many pixels the nearest thing and an infinitely far one move apart at most; along rows three times in four, as cameras mostly stand side by side.</summary>
    public float Parallax { get; init; } = 9;

    // ---- Which sensor ----

    /// <summary>The challenge's sensor: a staggered grid, sometimes random places, at <see cref="UsualDensity"/>.</summary>
    public float UsualChance { get; init; } = 0.5f;

    /// <summary>Its spots as a share of the pixels: 600 to 1500 at 192×256.</summary>
    public (float Low, float High) UsualDensity { get; init; } = (0.0122f, 0.0305f);

    /// <summary>Of the usual samples, those that keep the frame's own spots: EMDC.Scenes knows which surfaces send little back.</summary>
    public float OwnSpotsChance { get; init; } = 0.3f;

    /// <summary>Of the usual samples redrawn, those with random places.</summary>
    public float UsualRandomChance { get; init; } = 0.15f;

    /// <summary>The range of densities of all the other sensors, uniform in its logarithm.</summary>
    public (float Low, float High) Density { get; init; } = (0.002f, 1);

    /// <summary>Weights of the other sensors: a grid of any density.</summary>
    public float GridWeight { get; init; } = 3;

    /// <summary>Random places of any density.</summary>
    public float RandomWeight { get; init; } = 2;

    /// <summary>Corners of the picture, as visual odometry triangulates them.</summary>
    public float CornersWeight { get; init; } = 1;

    /// <summary>Heaps of spots with nothing between.</summary>
    public float ClustersWeight { get; init; } = 1;

    /// <summary>Spots on one side of the picture.</summary>
    public float OneSidedWeight { get; init; } = 1;

    /// <summary>Rows of a LiDAR.</summary>
    public float ScanLinesWeight { get; init; } = 1;

    /// <summary>Zones of a cheap ToF chip, 8×8 or 4×4 of them: their mean depth at their middle.</summary>
    public float ZonesWeight { get; init; } = 1;

    /// <summary>Maps of Kinects, stereo cameras, ARKit: nearly every pixel, with holes, without edges.</summary>
    public float MapWeight { get; init; } = 5;

    // ---- What goes wrong with measurements ----

    /// <summary>Noise as a share of the depth: mean and deviation of a normal distribution, drawn once per sample.</summary>
    public (float Mean, float Deviation) Noise { get; init; } = (0.01f, 0.0033f);

    /// <summary>Samples of sensors with less noise, from none to <see cref="Quiet"/>: stereo cameras, near LiDAR, averaged frames; and all maps.</summary>
    public float QuietChance { get; init; } = 0.4f;

    /// <summary>Their largest noise as a share of the depth.</summary>
    public float Quiet { get; init; } = 0.007f;

    /// <summary>Samples whose depths are off by a slowly varying share (heat, multipath of a whole wall).</summary>
    public float BiasChance { get; init; } = 0.15f;

    /// <summary>Deviation of that share.</summary>
    public float Bias { get; init; } = 0.006f;

    /// <summary>Samples with a rectangle of <see cref="CutSide"/> outside of which nothing is measured: the field of view of the sensor.</summary>
    public float CutChance { get; init; } = 0.35f;

    /// <summary>Each side as a share of the picture's.</summary>
    public (float Low, float High) CutSide { get; init; } = (0.55f, 1);

    /// <summary>Samples with a hole of a rectangle.</summary>
    public float WindowChance { get; init; } = 0.1f;

    /// <summary>Its sides as shares of the picture's.</summary>
    public (float Low, float High) WindowSide { get; init; } = (0.15f, 0.5f);

    /// <summary>Samples that lose spots anywhere.</summary>
    public float DropoutChance { get; init; } = 0.25f;

    /// <summary>The share that they lose, uniform in its logarithm.</summary>
    public (float Low, float High) Dropout { get; init; } = (0.02f, 0.5f);

    /// <summary>Samples that lose spots on what looks dark.</summary>
    public float DarkChance { get; init; } = 0.3f;

    /// <summary>Samples in which spots at depth edges meet both surfaces.</summary>
    public float MultipathChance { get; init; } = 0.5f;

    /// <summary>The share of such spots that do.</summary>
    public (float Low, float High) Multipath { get; init; } = (0.02f, 0.4f);

    /// <summary>Samples with some spots anywhere between nothing and three times the depth.</summary>
    public float OutliersChance { get; init; } = 0.15f;

    /// <summary>The share of such spots.</summary>
    public (float Low, float High) Outliers { get; init; } = (0.001f, 0.02f);

    /// <summary>Samples with one spot far beyond all others, which the network's division by the largest depth must survive.</summary>
    public float FarSpotChance { get; init; } = 0.06f;

    /// <summary>How many times farther than the farthest.</summary>
    public (float Low, float High) FarSpot { get; init; } = (1.5f, 8);

    /// <summary>Samples whose depths are rounded, to steps that are equal or grow with the square of the depth (triangulation).</summary>
    public float QuantisedChance { get; init; } = 0.25f;

    /// <summary>The step as a share of the median depth, uniform in its logarithm.</summary>
    public (float Low, float High) Quantum { get; init; } = (0.001f, 0.02f);

    // ---- What else maps do ----

    /// <summary>Maps with holes: rectangles and ragged ones.</summary>
    public float HolesChance { get; init; } = 0.6f;

    /// <summary>Maps without a margin of 1 to 3 pixels at depth edges.</summary>
    public float MissingEdgesChance { get; init; } = 0.4f;

    /// <summary>Maps that were smaller and were enlarged, so that depth edges are ramps.</summary>
    public float EnlargedChance { get; init; } = 0.25f;

    /// <summary>Maps that average over time while the camera moves.</summary>
    public float TrailChance { get; init; } = 0.15f;

    // ---- What the camera does ----

    /// <summary>Samples with other contrast, brightness, saturation, white balance and gamma.</summary>
    public float RecolourChance { get; init; } = 0.8f;

    /// <summary>Grey ones.</summary>
    public float GreyChance { get; init; } = 0.06f;

    /// <summary>Channels in another order (a file read as BGR) or mixed.</summary>
    public float MixChance { get; init; } = 0.08f;

    /// <summary>Shadows with hard edges, where depth has none.</summary>
    public float ShadowChance { get; init; } = 0.15f;

    /// <summary>Samples that are blurred, or sharpened as phones do.</summary>
    public float BlurChance { get; init; } = 0.3f;

    /// <summary>Samples with noise, and the range of its deviation (of 1), uniform in its logarithm.</summary>
    public float GrainChance { get; init; } = 0.6f;

    /// <summary>Deviation of the noise.</summary>
    public (float Low, float High) Grain { get; init; } = (0.003f, 0.06f);

    /// <summary>Samples with JPEG's losses.</summary>
    public float JpegChance { get; init; } = 0.25f;

    /// <summary>JPEG's rounding of the mean of a block, in 1/255.</summary>
    public (float Low, float High) JpegStep { get; init; } = (2, 14);

    /// <summary>The defaults.</summary>
    public static AugmentationOptions Usual { get; } = new();

    /// <summary>Frames as they are, with their own spots: for tests and comparisons.</summary>
    public static AugmentationOptions None { get; } = new()
    {
        ShrinkChance = 0, Stretch = 0, FlipChance = 0, UpsideDownChance = 0, ScaleChance = 0, FlattenChance = 0, ShiftChance = 0, ParallaxChance = 0,
        UsualChance = 1, OwnSpotsChance = 1, Farthest = float.MaxValue,
        RecolourChance = 0, GreyChance = 0, MixChance = 0, ShadowChance = 0, BlurChance = 0, GrainChance = 0, JpegChance = 0,
    };

    /// <summary>With so many of all samples keeping their frame's own spots. Only samples of the usual kind do, so there must be enough of them.</summary>
    public AugmentationOptions WithOwnSpots(float share)
    {
        float usual = Math.Max(UsualChance, share);
        return this with { UsualChance = usual, OwnSpotsChance = usual > 0 ? share / usual : 0 };
    }
}
