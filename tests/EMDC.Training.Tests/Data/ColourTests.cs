using EMDC.Training.Data;
using EMDC.Training.Data.Colour;

namespace EMDC.Training.Tests.Data;

/// <summary>What a sample's window and its camera do to colours and depths.</summary>
public sealed class ColourTests
{
    private const int Height = 64, Width = 96, Pixels = Height * Width;

    [Fact]
    public void A_shrunk_window_takes_means_of_colours_and_single_depths()
    {
        byte[] rgb = [.. Enumerable.Range(0, 3 * Pixels).Select(i => (byte)(i / 3 % Width % 2 == 0 ? 0 : 200))];
        ushort[] depth = [.. Enumerable.Range(0, Pixels).Select(i => (ushort)(i % Width < Width / 2 ? 1000 : 3000))];
        var frame = new StoredFrame { Height = Height, Width = Width, Rgb = rgb, Depth = depth, Spots = depth, Unit = 0.001f };
        var window = new Window(0, 0, 2, 2, Height / 2, Width / 2, FlipX: true);
        float[] colours = new float[3 * Pixels / 4], metres = new float[Pixels / 4], spots = new float[Pixels / 4];
        window.Colours(frame, colours, new float[3 * Width]);
        window.Depths(frame, metres);
        window.Spots(frame, spots);
        Assert.All(colours, x => Assert.Equal(100 / 255f, x, 1e-5f));
        for (int i = 0; i < metres.Length; i++)
        {
            Assert.Equal(i % (Width / 2) < Width / 4 ? 3f : 1f, metres[i], 1e-5f);
            Assert.Equal(metres[i], spots[i]);
        }
    }

    [Fact]
    public void A_flatter_relief_keeps_planes_order_and_holes()
    {
        // A plane: its inverse depth is linear along a row.
        float[] depth = [0, .. Enumerable.Range(0, 50).Select(i => 1 / (0.2f + 0.03f * i))], flat = [.. depth];
        Relief relief = Relief.Draw(new AugmentationOptions { FlattenChance = 1, Flatten = (0.6f, 0.6f), ScaleChance = 0 }, new Rng(1), depth);
        relief.Apply(flat);
        Assert.Equal(0, flat[0]);
        for (int i = 2; i < 50; i++)
        {
            Assert.Equal(1 / flat[i] - 1 / flat[i - 1], 1 / flat[i + 1] - 1 / flat[i], 1e-4f);
        }

        Assert.Equal(0.4f * (1 / depth[50] - 1 / depth[1]), 1 / flat[50] - 1 / flat[1], 1e-4f);
        Assert.True(flat[1] < depth[1] && flat[50] > depth[50] && flat[1] > flat[50]);
    }

    [Fact]
    public void A_ramp_stays_a_ramp_at_every_step()
    {
        byte[] rgb = [.. Enumerable.Range(0, 3 * Pixels).Select(i => (byte)(2 * (i / 3 % Width)))];
        var frame = new StoredFrame { Height = Height, Width = Width, Rgb = rgb, Depth = new ushort[Pixels], Spots = [], Unit = 1 };
        foreach (float step in (float[])[0.5f, 0.77f, 1, 1.3f, 1.9f])
        {
            var window = new Window(3.2f, 7.6f, step, step, 20, 24);
            var colours = new float[3 * 20 * 24];
            window.Colours(frame, colours, new float[3 * Width]);
            for (int i = 0; i < 20 * 24; i++)
            {
                float middle = 7.6f + (i % 24 + 0.5f) * step - 0.5f;
                Assert.Equal(2 * middle / 255, colours[i], 1e-3f);
            }
        }
    }

    [Fact]
    public void Every_fault_changes_the_picture_and_none_changes_nothing()
    {
        float[] Seen(AugmentationOptions options)
        {
            float[] rgb = Picture();
            Camera.Apply(options, new Rng(5), Height, Width, rgb, new float[Pixels]);
            Assert.All(rgb, x => Assert.InRange(x, 0, 1));
            return rgb;
        }

        AugmentationOptions none = AugmentationOptions.None;
        float[] before = Picture();
        Assert.All(Seen(none).Zip(before), pair => Assert.Equal(pair.Second, pair.First, 1e-3f));
        float[] grey = Seen(none with { GreyChance = 1 });
        Assert.All(Enumerable.Range(0, Pixels), i => Assert.Equal(grey[i], grey[Pixels + i], 2e-3f));
        foreach (AugmentationOptions options in (AugmentationOptions[])
            [none with { RecolourChance = 1 }, none with { MixChance = 1 }, none with { ShadowChance = 1 }, none with { BlurChance = 1 }, none with { GrainChance = 1 }, none with { JpegChance = 1 }])
        {
            double change = Math.Sqrt(Seen(options).Zip(before, (a, b) => (double)(a - b) * (a - b)).Average());
            Assert.InRange(change, 0.002, 0.5);
        }
    }

    [Fact]
    public void Jpegs_losses_grow_with_the_step_and_vanish_with_it()
    {
        double last = 0;
        foreach (float step in (float[])[1e-4f, 0.01f, 0.05f])
        {
            float[] rgb = Picture(), before = Picture();
            BlockLoss.Apply(rgb, Height, Width, step);
            double change = Math.Sqrt(rgb.Zip(before, (a, b) => (double)(a - b) * (a - b)).Average());
            Assert.InRange(change, last, step < 1e-3f ? 1e-3 : 0.2);
            last = change;
        }
    }

    [Fact]
    public void Parallax_moves_nothing_where_all_is_equally_far()
    {
        float[] rgb = Picture();
        Parallax.Move(6, false, Height, Width, [.. Enumerable.Repeat(3f, Pixels)], rgb, Room());
        Assert.All(rgb.Zip(Picture()), pair => Assert.Equal(pair.Second, pair.First, 1e-6f));
    }

    [Theory]
    [InlineData(6, false)]
    [InlineData(-6, false)]
    [InlineData(5, true)]
    [InlineData(-5, true)]
    public void Parallax_moves_near_things_over_far_ones(float amount, bool isDown)
    {
        // A square at 1 m, half red, before a wall at 2 m, half blue; green tells columns or rows.
        bool IsNear(int y, int x) => y is >= 20 and < 44 && x is >= 30 and < 66;
        var depth = new float[Pixels];
        var rgb = new float[3 * Pixels];
        for (int i = 0; i < Pixels; i++)
        {
            int y = i / Width, x = i % Width;
            bool near = IsNear(y, x);
            depth[i] = near ? 1 : 2;
            (rgb[i], rgb[Pixels + i], rgb[2 * Pixels + i]) = (near ? 0.5f : 0, 0.01f * (isDown ? y : x), near ? 0 : 0.5f);
        }

        Parallax.Move(amount, isDown, Height, Width, depth, rgb, Room());
        double share = 24 * 36 / (double)Pixels, mean = share + (1 - share) * 0.5;
        float nearShift = (float)(amount * (1 - mean)), farShift = (float)(amount * (0.5 - mean));
        int step = (int)MathF.Round(nearShift);
        for (int i = 0; i < Pixels; i++)
        {
            int y = i / Width, x = i % Width, at = isDown ? y : x;
            bool near = isDown ? IsNear(y - step, x) : IsNear(y, x - step);
            Assert.Equal((near ? 0.5f : 0, near ? 0 : 0.5f), (rgb[i], rgb[2 * Pixels + i]));
            // Inside of the square and far from it and from the border each surface shows what it showed, moved; borders lose half a pixel.
            bool isInside = near && (isDown ? IsNear(y - step - 1, x) && IsNear(y - step + 1, x) : IsNear(y, x - step - 1) && IsNear(y, x - step + 1));
            bool isFar = (isDown ? x is < 30 or >= 66 : y is < 20 or >= 44) && at >= 4 && at < (isDown ? Height : Width) - 4;
            if (isInside || isFar)
            {
                Assert.Equal(0.01f * (at - (isInside ? nearShift : farShift)), rgb[Pixels + i], 1e-4f);
            }
        }
    }

    private static Scratch Room()
    {
        var scratch = new Scratch();
        scratch.Resize(Pixels, 3 * Width);
        return scratch;
    }

    private static float[] Picture() => [.. Enumerable.Range(0, 3 * Pixels).Select(i => 0.5f + 0.3f * MathF.Sin(0.7f * (i % Width)) * MathF.Cos(0.3f * (i / Width)) + 0.05f * (i / Pixels))];
}
