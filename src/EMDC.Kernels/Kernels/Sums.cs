namespace EMDC.Kernels;

/// <summary>
/// The sums of eight output channels at four pixels, which a thread of the dense convolutions keeps in registers. A kernel builds a new
/// value and never changes a field.
/// </summary>
internal readonly record struct Sums(Float4 Y0, Float4 Y1, Float4 Y2, Float4 Y3, Float4 Y4, Float4 Y5, Float4 Y6, Float4 Y7)
{
    public static Sums Zero => Of(Float4.All(0f), Float4.All(0f));

    /// <summary>The same value at all four pixels: one each of the channels 0 … 3 and 4 … 7.</summary>
    public static Sums Of(Float4 low, Float4 high) => new(
        Float4.All(low.X), Float4.All(low.Y), Float4.All(low.Z), Float4.All(low.W),
        Float4.All(high.X), Float4.All(high.Y), Float4.All(high.Z), Float4.All(high.W));

    /// <summary>this + w·x: the weights of the channels 0 … 3 and 4 … 7, of one tap, and the pixels under it.</summary>
    public Sums Add(Float4 low, Float4 high, Float4 x) => new(
        Y0.Add(low.X, x), Y1.Add(low.Y, x), Y2.Add(low.Z, x), Y3.Add(low.W, x),
        Y4.Add(high.X, x), Y5.Add(high.Y, x), Y6.Add(high.Z, x), Y7.Add(high.W, x));
}
