namespace EMDC.Evaluation;

/// <summary>Sizes and contents that every metric needs.</summary>
internal static class Check
{
    public static void SameLength(string metric, int prediction, string other, int length)
    {
        if (prediction != length)
        {
            throw new ArgumentException($"{metric}: the prediction has {prediction} values, but {other} has {length}.");
        }
    }

    public static void Size(string what, int length, int height, int width)
    {
        if (height < 1 || width < 1 || length != (long)height * width)
        {
            throw new ArgumentException($"{what} has {length} values, but {height}×{width} (height × width) needs {(long)height * width}.");
        }
    }

    /// <summary>A sum over known pixels as their mean.</summary>
    public static double Mean(double sum, int count, string map) =>
        count > 0 ? sum / count : throw new InvalidDataException($"The {map} has no value above 0; at least one is needed.");
}
