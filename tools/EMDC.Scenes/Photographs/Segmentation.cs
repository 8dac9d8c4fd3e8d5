namespace EMDC.Scenes.Photographs;

/// <summary>
/// Parts of a picture that look alike: the graph method of Felzenszwalb and Huttenlocher (2004). Pixels are joined in the order of
/// their difference w; two regions are joined while w ≤ min(inner(A) + k/|A|, inner(B) + k/|B|), where inner is the largest difference
/// that a region was joined by. Then the smallest regions are joined to the neighbour most like them, and outlines are straightened.
/// </summary>
internal sealed class Segmentation
{
    // Half the width in pixels that a region must have somewhere.
    private const float ThickerThanLines = 2;

    private readonly int[] _parents, _sizes;
    private readonly float[] _inner;

    /// <param name="rgb">Height × Width × 3, 0…1.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="scale">k, in units of colour difference × pixels: larger makes larger regions.</param>
    /// <param name="most">Regions that may be left.</param>
    public Segmentation(ReadOnlySpan<float> rgb, int height, int width, float scale, int most)
    {
        int pixels = height * width;
        (_parents, _sizes, _inner) = (new int[pixels], new int[pixels], new float[pixels]);
        for (int i = 0; i < pixels; i++)
        {
            (_parents[i], _sizes[i]) = (i, 1);
        }

        float[] smooth = Smoothed(rgb, height, width);
        var (from, to, weight) = Edges(smooth, height, width);
        foreach (int e in ByWeight(weight))
        {
            int a = Root(from[e]), b = Root(to[e]);
            if (a != b && weight[e] <= MathF.Min(_inner[a] + scale / _sizes[a], _inner[b] + scale / _sizes[b]))
            {
                Join(a, b, weight[e]);
            }
        }

        // Specks are no things, whatever their contrast.
        int speck = pixels / 2000;
        foreach (int e in ByWeight(weight))
        {
            int a = Root(from[e]), b = Root(to[e]);
            if (a != b && Math.Min(_sizes[a], _sizes[b]) < speck)
            {
                Join(a, b, weight[e]);
            }
        }

        Labels = new int[pixels];
        Number(Labels);
        Dissolve(smooth, width);
        Reduce(smooth, width, most);
        Straighten(width);
        Pairs = Neighbours(Labels, smooth, width);
    }

    /// <summary>The region of every pixel, from 0.</summary>
    public int[] Labels { get; }

    public int Count { get; private set; }

    /// <summary>
    /// Pairs of regions that touch, each once, the smaller number first, in the order in which rows of pixels meet them; and the mean
    /// difference in colour across their border, between the pixels behind those that touch.
    /// </summary>
    public List<(int A, int B, float Contrast)> Pairs { get; }

    private static List<(int A, int B, float Contrast)> Neighbours(int[] labels, float[] rgb, int width)
    {
        var found = new Dictionary<(int, int), int>();
        var pairs = new List<(int A, int B, float Sum, int Count)>();
        for (int i = 0; i < labels.Length; i++)
        {
            if (i % width < width - 1)
            {
                Touch(i, 1, i % width > 0 && i % width < width - 2);
            }

            if (i + width < labels.Length)
            {
                Touch(i, width, i >= width && i + 2 * width < labels.Length);
            }
        }

        return pairs.ConvertAll(pair => (pair.A, pair.B, pair.Sum / pair.Count));

        void Touch(int i, int step, bool hasBehind)
        {
            int j = i + step;
            if (labels[i] == labels[j])
            {
                return;
            }

            (int A, int B) pair = (Math.Min(labels[i], labels[j]), Math.Max(labels[i], labels[j]));
            if (!found.TryGetValue(pair, out int at))
            {
                found[pair] = at = pairs.Count;
                pairs.Add((pair.A, pair.B, 0, 0));
            }

            pairs[at] = (pair.A, pair.B, pairs[at].Sum + (hasBehind ? Difference(rgb, i - step, j + step) : Difference(rgb, i, j)), pairs[at].Count + 1);
        }
    }

    private static float Difference(float[] rgb, int i, int j)
    {
        float r = rgb[3 * i] - rgb[3 * j], g = rgb[3 * i + 1] - rgb[3 * j + 1], b = rgb[3 * i + 2] - rgb[3 * j + 2];
        return MathF.Sqrt(r * r + g * g + b * b);
    }

    /// <summary>A blurred edge is no thing: pixels of lines go to the region beside them whose mean colour is nearest to theirs.</summary>
    private void Dissolve(float[] smooth, int width)
    {
        bool[] isLine = new bool[Count];
        Array.Fill(isLine, true);
        float[] inside = Inside.Distances(Labels, Labels.Length / width, width), means = new float[4 * Count];
        for (int i = 0; i < Labels.Length; i++)
        {
            int at = 4 * Labels[i];
            isLine[Labels[i]] &= inside[i] < ThickerThanLines;
            (means[at], means[at + 1], means[at + 2], means[at + 3]) =
                (means[at] + smooth[3 * i], means[at + 1] + smooth[3 * i + 1], means[at + 2] + smooth[3 * i + 2], means[at + 3] + 1);
        }

        for (bool changed = true; changed;)
        {
            changed = false;
            int[] before = [.. Labels];
            for (int i = 0; i < before.Length; i++)
            {
                int best = before[i];
                float least = float.PositiveInfinity;
                for (int k = 0; isLine[before[i]] && k < 4; k++)
                {
                    bool exists = k switch { 0 => i % width > 0, 1 => i % width < width - 1, 2 => i >= width, _ => i + width < before.Length };
                    int beside = exists ? before[i + (k switch { 0 => -1, 1 => 1, 2 => -width, _ => width })] : best;
                    float unlike = exists && !isLine[beside] ? Unlike(i, beside) : float.PositiveInfinity;
                    (best, least) = unlike < least ? (beside, unlike) : (best, least);
                }

                (Labels[i], changed) = (best, changed || best != before[i]);
            }
        }

        Dense(Labels);

        float Unlike(int i, int region)
        {
            float sum = 0;
            for (int c = 0; c < 3; c++)
            {
                float d = smooth[3 * i + c] - means[4 * region + c] / means[4 * region + 3];
                sum += d * d;
            }

            return sum;
        }
    }

    /// <summary>Joins the smallest region to the neighbour whose mean colour is nearest, until few enough are left.</summary>
    private void Reduce(float[] smooth, int width, int most)
    {
        var sums = new double[4 * Count];
        for (int i = 0; i < Labels.Length; i++)
        {
            int at = 4 * Labels[i];
            sums[at]++;
            (sums[at + 1], sums[at + 2], sums[at + 3]) = (sums[at + 1] + smooth[3 * i], sums[at + 2] + smooth[3 * i + 1], sums[at + 3] + smooth[3 * i + 2]);
        }

        var neighbours = new HashSet<int>[Count];
        for (int i = 0; i < Count; i++)
        {
            neighbours[i] = [];
        }

        foreach (var (a, b, _) in Neighbours(Labels, smooth, width))
        {
            neighbours[a].Add(b);
            neighbours[b].Add(a);
        }

        int[] now = [.. Enumerable.Range(0, Count)];
        for (int left = Count; left > most; left--)
        {
            int small = -1;
            for (int i = 0; i < now.Length; i++)
            {
                small = now[i] == i && (small < 0 || sums[4 * i] < sums[4 * small]) ? i : small;
            }

            int like = neighbours[small].OrderBy(other => Unlike(small, other)).ThenBy(other => other).First();
            now[small] = like;
            for (int c = 0; c < 4; c++)
            {
                sums[4 * like + c] += sums[4 * small + c];
            }

            foreach (int other in neighbours[small])
            {
                neighbours[other].Remove(small);
                if (other != like)
                {
                    neighbours[other].Add(like);
                    neighbours[like].Add(other);
                }
            }
        }

        foreach (ref int label in Labels.AsSpan())
        {
            while (now[label] != label)
            {
                label = now[label];
            }
        }

        Dense(Labels);

        double Unlike(int a, int b)
        {
            double sum = 0;
            for (int c = 1; c < 4; c++)
            {
                double d = sums[4 * a + c] / sums[4 * a] - sums[4 * b + c] / sums[4 * b];
                sum += d * d;
            }

            return sum;
        }
    }

    /// <summary>Twice, a pixel goes to the region that holds most of the 3 × 3 about it: outlines of things are less ragged than noise.</summary>
    private void Straighten(int width)
    {
        Span<int> around = stackalloc int[9];
        for (int pass = 0; pass < 2; pass++)
        {
            int[] before = [.. Labels];
            for (int i = width; i < before.Length - width; i++)
            {
                if (i % width == 0 || i % width == width - 1)
                {
                    continue;
                }

                for (int row = 0; row < 3; row++)
                {
                    before.AsSpan(i + (row - 1) * width - 1, 3).CopyTo(around[(3 * row)..]);
                }

                int best = before[i], count = around.Count(best);
                foreach (int label in around)
                {
                    int votes = label == best ? 0 : around.Count(label);
                    (best, count) = votes > count ? (label, votes) : (best, count);
                }

                Labels[i] = best;
            }
        }

        Dense(Labels);
    }

    private void Number(Span<int> labels)
    {
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = Root(i);
        }

        Dense(labels);
    }

    /// <summary>Numbers labels from 0 in the order of their first pixels.</summary>
    private void Dense(Span<int> labels)
    {
        var numbers = new Dictionary<int, int>();
        foreach (ref int label in labels)
        {
            if (!numbers.TryGetValue(label, out int number))
            {
                numbers[label] = number = numbers.Count;
            }

            label = number;
        }

        Count = numbers.Count;
    }

    private int Root(int i)
    {
        while (_parents[i] != i)
        {
            i = _parents[i] = _parents[_parents[i]];
        }

        return i;
    }

    private void Join(int a, int b, float weight)
    {
        (a, b) = _sizes[a] < _sizes[b] ? (b, a) : (a, b);
        _parents[b] = a;
        _sizes[a] += _sizes[b];
        _inner[a] = MathF.Max(MathF.Max(_inner[a], _inner[b]), weight);
    }

    /// <summary>Means over 3 × 3 pixels with weights (1, 2, 1): noise must not part what belongs together.</summary>
    private static float[] Smoothed(ReadOnlySpan<float> rgb, int height, int width)
    {
        float[] rows = new float[rgb.Length], smooth = new float[rgb.Length];
        for (int i = 0; i < rgb.Length; i++)
        {
            int x = i / 3 % width;
            rows[i] = (rgb[x > 0 ? i - 3 : i] + 2 * rgb[i] + rgb[x < width - 1 ? i + 3 : i]) / 4;
        }

        int stride = 3 * width;
        for (int i = 0; i < rgb.Length; i++)
        {
            int y = i / stride;
            smooth[i] = (rows[y > 0 ? i - stride : i] + 2 * rows[i] + rows[y < height - 1 ? i + stride : i]) / 4;
        }

        return smooth;
    }

    /// <summary>Right and lower neighbours, and their difference in colour.</summary>
    private static (int[] From, int[] To, float[] Weight) Edges(float[] rgb, int height, int width)
    {
        int count = height * (width - 1) + (height - 1) * width, e = 0;
        int[] from = new int[count], to = new int[count];
        float[] weight = new float[count];
        for (int i = 0; i < height * width; i++)
        {
            if (i % width < width - 1)
            {
                Add(i, i + 1);
            }

            if (i + width < height * width)
            {
                Add(i, i + width);
            }
        }

        return (from, to, weight);

        void Add(int a, int b)
        {
            (from[e], to[e], weight[e]) = (a, b, Difference(rgb, a, b));
            e++;
        }
    }

    /// <summary>The edges in the order of their weights, by counting: 4096 steps are as good as a full sort.</summary>
    private static int[] ByWeight(float[] weights)
    {
        const int Steps = 4096;
        var starts = new int[Steps + 1];
        foreach (float weight in weights)
        {
            starts[Step(weight) + 1]++;
        }

        for (int i = 0; i < Steps; i++)
        {
            starts[i + 1] += starts[i];
        }

        var order = new int[weights.Length];
        for (int e = 0; e < weights.Length; e++)
        {
            order[starts[Step(weights[e])]++] = e;
        }

        return order;

        static int Step(float weight) => Math.Min((int)(weight * (Steps / 1.74f)), Steps - 1);
    }
}
