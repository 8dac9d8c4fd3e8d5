using System.Globalization;

namespace EMDC.Imaging;

/// <summary>
/// Looks whether a file was read in the wrong unit, and which option would make all of it plausible: depths from 0.1 m to the largest that is
/// kept, their median from 0.5 m on. What only shifts bits is proposed where neighbours agree better afterwards.
/// </summary>
internal static class DepthUnit
{
    // Rooms and streets lie well inside.
    private const float SmallestMedian = 0.05f, LargestMedian = 100, LikelyMedian = 2, Near = 0.1f, NearMedian = 0.5f;
    private const double Most = 0.99;

    // Of many measured values a part tells the unit as well as all of them.
    private const int Sample = 1 << 16;

    private static readonly (float Scale, string Option)[] Scales =
        [(1, "--depth-scale 1"), (0.01f, "--depth-scale 0.01"), (0.001f, "--depth-scale 0.001"), (1f / 256, "--depth-format kitti"), (1f / 5000, "--depth-format tum")];

    /// <summary>At most one sentence; none where nothing was measured or all is well.</summary>
    /// <param name="path">The file.</param>
    /// <param name="stored">Its values as they are stored.</param>
    /// <param name="isInteger">Whether they are integers.</param>
    /// <param name="metres">The depths that they were read as.</param>
    /// <param name="maxDepth">What is above will be dropped.</param>
    public static string? Question(string path, ReadOnlySpan<float> stored, bool isInteger, ReadOnlySpan<float> metres, float maxDepth)
    {
        float[] read = Measured(metres);
        if (read.Length == 0)
        {
            return null;
        }

        float median = Median(read);
        int beyond = read.Count(depth => depth > maxDepth);
        string seen;
        if (median is < SmallestMedian or > LargestMedian)
        {
            seen = Invariant($"the median depth is {median:G4} m");
        }
        else if (10L * beyond > read.Length)
        {
            seen = Invariant($"{100.0 * beyond / read.Length:F0} % of the depths lie beyond {maxDepth:G4} m and are dropped (--max-depth)");
        }
        else
        {
            return null;
        }

        float[] raw = Measured(stored);
        var better = Candidates(raw, isInteger).Select(candidate => (candidate.Option, Depths: Sorted(candidate.Depths)))
            .Where(candidate => IsPlausible(candidate.Depths, maxDepth))
            .OrderBy(candidate => Math.Abs(Math.Log(candidate.Depths[candidate.Depths.Length / 2] / LikelyMedian))).Take(2).ToArray();
        string answer = better.Length == 0
            ? "no usual unit makes all of it plausible, --depth-scale names another."
            : $"{string.Join(" or ", better.Select(candidate => $"{candidate.Option} makes it {Invariant($"{candidate.Depths[0]:G3}–{candidate.Depths[^1]:G3} m")}"))}.";
        return $"{path}: {seen}; is the scale right? {char.ToUpperInvariant(answer[0])}{answer[1..]}";
    }

    /// <summary>What else the values could be.</summary>
    private static IEnumerable<(string Option, float[] Depths)> Candidates(float[] raw, bool isInteger)
    {
        if (isInteger && raw.All(value => value <= ushort.MaxValue))
        {
            // SUN's rotation leaves three zero bits below every depth up to 8 m.
            if (raw.All(value => (int)value % 8 == 0))
            {
                yield return ("--depth-format sun", Scaled(SensorBits.Sun));
                yield break;
            }

            double roughness = Roughness(raw);
            foreach (var (option, bits) in new (string, Func<int, int>)[] { ("--depth-byte-order little", SensorBits.Swapped), ("--depth-format arcore", SensorBits.ARCore) })
            {
                if (Scaled(bits) is var depths && Roughness(depths) < roughness / 2)
                {
                    yield return (option, depths);
                    yield break;
                }
            }
        }

        bool isWhole = raw.All(float.IsInteger);
        foreach (var (scale, option) in Scales)
        {
            if (isInteger ? scale < 1 : isWhole || scale >= 0.001f && scale != 1f / 256)
            {
                yield return (isInteger || scale > 0.005f ? option : Invariant($"--depth-scale {scale:G4}"), [.. raw.Select(value => value * scale)]);
            }
        }

        float[] Scaled(Func<int, int> bits) => [.. raw.Select(value => bits((int)value) * DepthFile.DefaultScale).Where(depth => depth > 0)];
    }

    private static bool IsPlausible(float[] sorted, float maxDepth) =>
        sorted.Length > 0 && sorted[sorted.Length / 2] >= NearMedian && sorted.Count(depth => depth >= Near && depth <= maxDepth) >= Most * sorted.Length;

    /// <summary>How much one measured value differs from the one before it, as a part of their mean.</summary>
    private static double Roughness(float[] values)
    {
        double differences = 0, sum = 0;
        for (int i = 1; i < values.Length; i++)
        {
            differences += Math.Abs(values[i] - values[i - 1]);
            sum += values[i];
        }

        return sum > 0 ? differences / sum : 0;
    }

    private static float Median(float[] values) => Sorted(values)[values.Length / 2];

    private static float[] Sorted(float[] values) => [.. values.Order()];

    /// <summary>Runs of measured values in the file's order.</summary>
    private static float[] Measured(ReadOnlySpan<float> values)
    {
        var measured = new List<float>();
        int count = 0;
        foreach (float value in values)
        {
            count += value > 0 && float.IsFinite(value) ? 1 : 0;
        }

        // Whole runs, so that neighbours stay neighbours.
        const int run = 64;
        int step = Math.Max(1, count / Sample), seen = 0;
        foreach (float value in values)
        {
            if (value > 0 && float.IsFinite(value) && seen++ / run % step == 0)
            {
                measured.Add(value);
            }
        }

        return [.. measured];
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
