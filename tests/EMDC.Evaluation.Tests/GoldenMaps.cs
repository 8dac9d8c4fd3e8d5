using System.Text.Json;

namespace EMDC.Evaluation.Tests;

/// <summary>The maps that <c>golden/make.py</c> makes, of the same whole numbers; all values are exact in float32.</summary>
internal sealed class GoldenMaps
{
    public GoldenMaps(JsonElement golden)
    {
        (Height, Width) = (golden.GetProperty("height").GetInt32(), golden.GetProperty("width").GetInt32());
        bool holes = golden.GetProperty("holes").GetBoolean();
        double offset = golden.GetProperty("offset").GetDouble();
        int n = Height * Width;
        double[] surface = [.. Enumerable.Range(0, n).Select(i => 0.5 + Hash(i, 0) % 4096 / 1024.0)];
        Truth = [.. surface.Select((d, i) => (float)(holes && Hash(i, 1_000_000) % 5 == 0 ? 0 : d))];
        Sparse = [.. surface.Select((d, i) => (float)(Hash(i, 3_000_000) % 4 == 0 ? d + Hash(i, 2_000_000) % 64 / 1024.0 - 32 / 1024.0 : 0))];
        Predictions = [.. Enumerable.Range(0, 4).Select(t =>
            (float[])[.. surface.Select((d, i) => (float)(d + offset + Hash(i, 4_000_000 + t * 1_000_000) % 1024 / 1024.0 - 0.5))])];
    }

    public int Height { get; }

    public int Width { get; }

    public float[] Truth { get; }

    public float[] Sparse { get; }

    public float[][] Predictions { get; }

    private static uint Hash(int i, int salt)
    {
        uint h = (uint)(i + salt) * 2654435761u;
        return (h ^ (h >> 15)) * 2246822519u >> 8;
    }
}
