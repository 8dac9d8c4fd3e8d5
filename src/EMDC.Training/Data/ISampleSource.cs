namespace EMDC.Training.Data;

/// <summary>Endless samples, drawn from recorded or rendered frames.</summary>
internal interface ISampleSource : IDisposable
{
    /// <summary>How many frames the samples are drawn from.</summary>
    int Frames { get; }

    /// <summary>
    /// Writes a sample of height×width. It depends on <paramref name="seed"/> and <paramref name="index"/> only: any thread may draw any
    /// sample, several at once, and gets the same bits. A frame that cannot be read is noted once and another one takes its place.
    /// </summary>
    /// <exception cref="InvalidDataException">No frame gives such a sample.</exception>
    void Draw(ulong seed, long index, int height, int width, Sample into);
}
