using System.Text.Json;

namespace EMDC.Evaluation.Tests;

/// <summary>Goldens of baselines: spots, and depths at some pixels.</summary>
internal static class GoldenFrames
{
    public static void Agrees(JsonElement golden, IBaseline baseline, float tolerance)
    {
        var frame = SparseFrame.Empty(golden.GetProperty("height").GetInt32(), golden.GetProperty("width").GetInt32());
        foreach (var (spot, depth) in Golden.Integers(golden.GetProperty("spots")).Zip(Golden.Floats(golden.GetProperty("depths"))))
        {
            frame.Sparse[spot] = depth;
        }

        float[] dense = frame.Complete(baseline);
        int[] probes = Golden.Integers(golden.GetProperty("probes"));
        float[] expected = Golden.Floats(golden.GetProperty("expected"));
        Assert.True(probes.Length >= 50);
        for (int i = 0; i < probes.Length; i++)
        {
            Assert.Equal(expected[i], dense[probes[i]], tolerance);
        }
    }
}
