namespace EMDC.Scenes.Photographs;

/// <summary>How far inside its region every pixel lies.</summary>
internal static class Inside
{
    /// <summary>
    /// Distances in pixels to the nearest pixel of another region, about: steps of 1 along rows and columns and of √2 across. The
    /// picture's border does not count, because things go on behind it.
    /// </summary>
    public static float[] Distances(ReadOnlySpan<int> labels, int height, int width)
    {
        const float Across = 1.4142135f;
        var distance = new float[labels.Length];
        Array.Fill(distance, height + width);
        for (int i = 0; i < labels.Length; i++)
        {
            int x = i % width, y = i / width;
            Reach(labels, i, x > 0, i - 1, 1);
            Reach(labels, i, y > 0, i - width, 1);
            Reach(labels, i, x > 0 && y > 0, i - width - 1, Across);
            Reach(labels, i, x < width - 1 && y > 0, i - width + 1, Across);
        }

        for (int i = labels.Length - 1; i >= 0; i--)
        {
            int x = i % width, y = i / width;
            Reach(labels, i, x < width - 1, i + 1, 1);
            Reach(labels, i, y < height - 1, i + width, 1);
            Reach(labels, i, x < width - 1 && y < height - 1, i + width + 1, Across);
            Reach(labels, i, x > 0 && y < height - 1, i + width - 1, Across);
        }

        return distance;

        void Reach(ReadOnlySpan<int> labels, int i, bool exists, int beside, float step)
        {
            if (exists)
            {
                distance[i] = MathF.Min(distance[i], labels[beside] == labels[i] ? distance[beside] + step : step / 2);
            }
        }
    }
}
