using EMDC.Completion;
using EMDC.Simd;

namespace EMDC.Tests.Engine;

/// <summary>Measurements laid over a result of the network that is known.</summary>
public sealed class AnchoringTests
{
    private const int Height = 96, Width = 128, Pixels = Height * Width;
    private const float Wall = 3;

    [Fact]
    public void A_thin_thing_without_a_spot_keeps_the_step_that_the_network_sees()
    {
        float[] network = Everywhere(Wall), spots = Grid(7, Wall);
        for (int y = 20; y < 80; y++)
        {
            // Between two columns of spots, in the colour of the wall. (1 − λ)/(1 + t) of the step of 2 m are lost: 0.07 m.
            network[y * Width + 62] = network[y * Width + 63] = 1;
        }

        float[] result = Run(spots, network);
        Assert.All(Enumerable.Range(20, 60), y => Assert.InRange(result[y * Width + 63], 0.99f, 1.08f));
        Assert.All(Enumerable.Range(20, 60), y => Assert.InRange(result[y * Width + 59], Wall * 0.999f, Wall * 1.001f));
    }

    [Fact]
    public void What_the_network_misses_at_spots_is_corrected_between_them()
    {
        float[] result = Run(Grid(7, Wall), Everywhere(Wall * 1.03f));
        Assert.All(result, depth => Assert.InRange(depth, Wall * 0.99f, Wall * 1.01f));
    }

    [Fact]
    public void Every_measurement_of_a_full_map_is_kept_whatever_the_network_says()
    {
        var random = new Random(3);
        float[] spots = [.. Enumerable.Range(0, Pixels).Select(_ => 1 + 4 * random.NextSingle())];
        float[] result = Run(spots, Everywhere(Wall));
        Assert.All(Enumerable.Range(0, Pixels), i => Assert.InRange(result[i], spots[i] * 0.97f, spots[i] * 1.03f));
    }

    [Fact]
    public void A_spot_beyond_a_step_of_the_network_does_not_reach_over_it()
    {
        // The left half at 1 m has spots that the network misses by a tenth, the right half at 4 m has true ones.
        float[] network = new float[Pixels], spots = Grid(7, 1);
        for (int i = 0; i < Pixels; i++)
        {
            bool isLeft = i % Width < Width / 2;
            network[i] = isLeft ? 1 : 4;
            spots[i] *= isLeft ? 1.1f : 4;
        }

        float[] result = Run(spots, network);
        for (int y = 0; y < Height; y++)
        {
            Assert.InRange(result[y * Width + Width / 2], 4 * 0.98f, 4 * 1.02f);
            Assert.InRange(result[y * Width + Width / 2 - 1], 1.06f, 1.12f);
        }
    }

    private static float[] Everywhere(float metres) => [.. Enumerable.Repeat(metres, Pixels)];

    private static float[] Grid(int step, float metres)
    {
        var spots = new float[Pixels];
        for (int y = step / 2; y < Height; y += step)
        {
            for (int x = step / 2; x < Width; x += step)
            {
                spots[y * Width + x] = metres;
            }
        }

        return spots;
    }

    private static float[] Run(float[] spots, float[] network)
    {
        using var workers = new Workers(1);
        using var anchoring = new Anchoring();
        var working = new WorkingFrame();
        working.Measure(spots, Height, Width, 20, 1);
        var rgb = new byte[3 * Pixels];
        Array.Fill(rgb, (byte)120);
        float[] result = [.. network];
        anchoring.Run(workers, working, rgb, spots, 20, result, Height, Width);
        return result;
    }
}
