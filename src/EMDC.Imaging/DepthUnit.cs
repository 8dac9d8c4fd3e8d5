using System.Globalization;

namespace EMDC.Imaging;

/// <summary>Guesses from the median depth whether a file was read in the wrong unit.</summary>
internal static class DepthUnit
{
    // Rooms and streets lie well inside: millimetres taken for metres give thousands, metres taken for millimetres thousandths.
    private const float Smallest = 0.05f, Largest = 100;

    /// <summary>At most one sentence; none where nothing was measured.</summary>
    public static string[] Notes(string path, ReadOnlySpan<float> metres, float scale)
    {
        if (Median(metres) is not { } median || median is >= Smallest and <= Largest)
        {
            return [];
        }

        bool isLarge = median > Largest;
        float better = isLarge ? scale * 0.001f : scale * 1000;
        string question = scale == (isLarge ? 1 : 0.001f) ? $"are these {(isLarge ? "millimetres" : "metres")}?" : "is the scale right?";
        return
        [
            string.Create(CultureInfo.InvariantCulture, $"{path}: the median depth is {median:G4} m; {question} --depth-scale {better:G4}"),
        ];
    }

    private static float? Median(ReadOnlySpan<float> metres)
    {
        // Of many measured values a part tells the unit as well as all of them.
        int count = 0;
        foreach (float value in metres)
        {
            count += value > 0 ? 1 : 0;
        }

        int step = Math.Max(1, count >> 16), seen = 0;
        var measured = new List<float>();
        foreach (float value in metres)
        {
            if (value > 0 && seen++ % step == 0)
            {
                measured.Add(value);
            }
        }

        measured.Sort();
        return measured.Count == 0 ? null : measured[measured.Count / 2];
    }
}
