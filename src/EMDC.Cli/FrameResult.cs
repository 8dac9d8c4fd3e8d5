namespace EMDC.Cli;

/// <summary>What is told about a completed frame.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Spots">Measured pixels that were used.</param>
/// <param name="Milliseconds">Time of the network, without files.</param>
/// <param name="Nearest">Smallest depth of the result, metres.</param>
/// <param name="Farthest">Largest depth of the result, metres.</param>
internal sealed record FrameResult(int Height, int Width, int Spots, double Milliseconds, float Nearest, float Farthest);
