namespace EMDC;

/// <summary>What became of a frame beside its maps.</summary>
/// <param name="Spots">Measured pixels.</param>
/// <param name="Used">Those that the network was given; where spots stand close, some of them (<see cref="EmdcOptions.Raw"/>: all).</param>
/// <param name="Height">Rows that the network worked at.</param>
/// <param name="Width">Columns that the network worked at.</param>
/// <param name="Needed">Spots that the network should have at that size; with fewer, expect little of it.</param>
/// <param name="Bounded">Pixels of the dense map that would have been at 0, behind the camera or far nearer than all measurements, and
/// were set to the least depth, a quarter of the smallest measured one. None with <see cref="EmdcOptions.Raw"/>.</param>
/// <param name="Shift">Where the colours lay to the depth, found or as <see cref="EmdcOptions.Registration"/> says.</param>
public readonly record struct FrameReport(int Spots, int Used, int Height, int Width, int Needed, int Bounded, PixelShift Shift = default);
