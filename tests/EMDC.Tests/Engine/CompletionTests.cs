using EMDC.Tests.Operators;

namespace EMDC.Tests.Engine;

/// <summary>What is made of the network's result, with the shipped weights: right depth from one spot to a full map, at any size.</summary>
public sealed class CompletionTests
{
    private const int Height = 192, Width = 256;

    private static readonly string Weights = Path.Combine(AppContext.BaseDirectory, "weights", "emdc.safetensors");

    /// <summary>Spots at 0.5 m and 8 m beside each other over a grey picture: a bit a spot, a word a row.</summary>
    private static readonly uint[] Far =
    [
        0x1F98D525, 0x76B1AA46, 0x96812BC5, 0x72D7E650, 0x7F38A87A, 0xA148FD71, 0xD7BF12A4, 0xD7F76D9C,
        0xB3CF0356, 0xB517EB96, 0xA44B5909, 0x0DEF1D19, 0x8E11F97C, 0xD17A1FB9, 0x046C26E5, 0x355FC9DB,
        0x95EFD6FF, 0xE3844E43, 0x67CA5F4C, 0xDBCA0AEB, 0x27CEA4FE, 0x18E53B0C, 0x3737EB6B, 0x03FD4D01,
    ];

    [Fact]
    public void No_map_is_at_0_or_behind_the_camera()
    {
        var sparse = new float[Height * Width];
        for (int i = 0; i < 24 * 32; i++)
        {
            sparse[(8 * (i / 32) + 4) * Width + 8 * (i % 32) + 4] = (Far[i / 32] >> (31 - i % 32) & 1) == 1 ? 8 : 0.5f;
        }

        using Emdc emdc = Load();
        float[] dense = new float[sparse.Length], global = new float[sparse.Length], local = new float[sparse.Length];
        emdc.Complete(Grey(sparse.Length), sparse, new DepthMaps { Dense = dense, Global = global, Local = local }, Height, Width);
        Assert.All([dense.Min(), global.Min(), local.Min()], least => Assert.InRange(least, 0.125f, 0.5f));
        Assert.Equal(dense.Count(metres => metres == 0.125f), emdc.Report.Bounded);
    }

    [Fact]
    public void A_network_that_is_wrong_below_0_is_bounded_and_counted_and_the_bare_one_is_left_alone()
    {
        TestFrame frame = TestFrame.Of(64, 96);
        using Emdc raw = TestFrame.Engine(), emdc = Emdc.Load(TestFrame.Weights, new EmdcOptions { Device = "cpu" });
        Assert.True(frame.Dense(raw).Min() < 0);
        Assert.Equal(0, raw.Report.Bounded);
        float least = 0.25f * frame.Sparse.Where(metres => metres > 0).Min();
        float[] dense = frame.Dense(emdc);
        Assert.Equal(least, dense.Min());
        Assert.Equal(dense.Count(metres => metres == least), emdc.Report.Bounded);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.01)]
    public void A_full_map_is_handed_through(double noise)
    {
        var random = new Random(1);
        float[] wall = [.. Enumerable.Range(0, Height * Width).Select(_ => (float)(2 + noise * (random.NextDouble() - 0.5)))];
        using Emdc emdc = Load();
        float[] dense = Complete(emdc, Noise(random), wall);
        Assert.All(dense, (metres, i) => Assert.InRange(metres, wall[i] - 0.002f, wall[i] + 0.002f));
        Assert.Equal((Height * Width, 39 * 52), (emdc.Report.Spots, emdc.Report.Used));
    }

    [Fact]
    public void A_hole_in_a_full_map_is_filled_from_its_rim()
    {
        var random = new Random(2);
        float[] wall = [.. Enumerable.Range(0, Height * Width).Select(i => 2 + i % Width / 256f)];
        float[] holed = [.. wall.Select((metres, i) => i / Width is >= 60 and < 100 && i % Width is >= 60 and < 110 ? 0 : metres)];
        using Emdc emdc = Load();
        float[] dense = Complete(emdc, Grey(wall.Length), holed);
        Assert.All(dense, (metres, i) => Assert.InRange(metres, 0.93f * wall[i], 1.07f * wall[i]));
    }

    [Fact]
    public void One_half_may_be_full_and_the_other_sparse()
    {
        float[] sparse = [.. Enumerable.Range(0, Height * Width).Select(i => i % Width < 128 ? 2 : i / Width % 12 == 6 && i % Width % 12 == 6 ? 3f : 0)];
        byte[] rgb = [.. Enumerable.Range(0, 3 * sparse.Length).Select(i => (byte)(i / 3 % Width < 128 ? 60 : 180))];
        using Emdc emdc = Load();
        float[] dense = Complete(emdc, rgb, sparse);
        Assert.All(Enumerable.Range(0, dense.Length).Where(i => i % Width is < 124 or > 140), i => Assert.InRange(dense[i], i % Width < 128 ? 1.98f : 2.7f, i % Width < 128 ? 2.02f : 3.3f));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_few_spots_are_kept_and_told_to_be_few(int count)
    {
        var sparse = new float[Height * Width];
        for (int i = 0; i < count; i++)
        {
            sparse[(20 + 60 * i) * Width + 40 + 70 * i] = 1 + i;
        }

        using Emdc emdc = Load();
        float[] dense = Complete(emdc, Noise(new Random(3)), sparse);
        Assert.All(dense, metres => Assert.InRange(metres, 0.25f, 20));
        Assert.All(Enumerable.Range(0, dense.Length).Where(i => sparse[i] > 0), i => Assert.InRange(dense[i], 0.99f * sparse[i], 1.01f * sparse[i]));
        Assert.Equal(new FrameReport(count, count, 64, 85, 44, emdc.Report.Bounded), emdc.Report);
    }

    [Theory]
    [InlineData(1, 192, 256)]
    [InlineData(2, 128, 171)]
    [InlineData(3, 96, 128)]
    [InlineData(8, 64, 85)]
    public void The_spots_decide_the_size_that_the_network_works_at(int sparser, int height, int width)
    {
        // A spot in 10×10 pixels is 1 %, in 14×14 0.5 %, in 17×17 0.35 %.
        int step = sparser switch { 1 => 10, 2 => 14, 3 => 17, _ => 36 };
        float[] sparse = Grid(Height, Width, step, _ => 1.5f);
        using Emdc emdc = Load();
        Complete(emdc, Grey(sparse.Length), sparse);
        Assert.Equal((height, width), (emdc.Report.Height, emdc.Report.Width));
    }

    [Fact]
    public void Spots_in_a_part_of_the_picture_are_as_dense_as_they_are_there()
    {
        float[] sparse = Grid(Height, Width, 7, i => i / Width < 96 && i % Width < 128 ? 1.5f : 0);
        using Emdc emdc = Load();
        Complete(emdc, Grey(sparse.Length), sparse);
        Assert.Equal((Height, Width), (emdc.Report.Height, emdc.Report.Width));
    }

    [Theory]
    [InlineData(3, -2)]
    [InlineData(-1, 4)]
    public void Colours_beside_the_depth_are_laid_on_it_and_that_is_told(int down, int right)
    {
        // Boards of many colours and depths before a wall; a spot in 6×6 pixels.
        float[] truth = [.. Enumerable.Range(0, Height * Width).Select(i => IsBoard(i / Width, i % Width) ? 1 + (i / Width / 32 * 7 + i % Width / 40 * 3) % 10 / 8f : 3f)];
        byte[] Seen(int y, int x) => [.. Enumerable.Range(0, Height * Width).SelectMany(i => Colour(i / Width - y, i % Width - x))];
        float[] sparse = Grid(Height, Width, 6, i => truth[i]);
        using Emdc emdc = Load(), told = Load(new PixelShift(down, right)), left = Load(PixelShift.None);
        float[] right0 = Complete(emdc, Seen(0, 0), sparse);
        Assert.Equal(PixelShift.None, emdc.Report.Shift);
        byte[] beside = Seen(down, right);
        float[] found = Complete(emdc, beside, sparse), known = Complete(told, beside, sparse), asItIs = Complete(left, beside, sparse);
        Assert.Equal(new PixelShift(down, right), emdc.Report.Shift);
        Assert.Equal(emdc.Report, told.Report);
        Recording.AssertSameBits(found, known, "the same shift, found and told");
        Assert.InRange(Error(found), 0, 1.15 * Error(right0));
        Assert.True(Error(asItIs) > 1.5 * Error(found), $"{Error(asItIs)} and {Error(found)}");

        bool IsBoard(int y, int x) => y % 32 is > 4 and < 27 && x % 40 is > 5 and < 33;

        byte[] Colour(int y, int x)
        {
            (y, x) = (Math.Clamp(y, 0, Height - 1), Math.Clamp(x, 0, Width - 1));
            int kind = y / 32 * 11 + x / 40 * 5, grain = (y * 7919 + x * 104729 >> 3) % 12;
            return IsBoard(y, x) ? [(byte)(kind * 37 % 200 + grain), (byte)(kind * 59 % 200 + grain), (byte)(kind * 83 % 200 + grain)] : [(byte)(230 + grain), (byte)(230 + grain), (byte)(228 + grain)];
        }

        double Error(float[] map) => map.Zip(truth, (p, g) => Math.Abs(p - g) / g).Average();
    }

    [Theory]
    [InlineData(1_000_000, -1_000_000)]
    [InlineData(int.MinValue, int.MaxValue)]
    [InlineData(0, 256)]
    [InlineData(-191, -255)]
    public void A_shift_past_the_picture_shows_its_border(int down, int right)
    {
        var random = new Random(4);
        byte[] rgb = Noise(random), border = new byte[rgb.Length];
        for (int i = 0; i < Height * Width; i++)
        {
            int y = (int)Math.Clamp(i / Width + (long)down, 0, Height - 1), x = (int)Math.Clamp(i % Width + (long)right, 0, Width - 1);
            rgb.AsSpan(3 * (y * Width + x), 3).CopyTo(border.AsSpan(3 * i));
        }

        float[] sparse = Grid(Height, Width, 7, i => 1 + i % 5);
        using Emdc emdc = Load(new PixelShift(down, right)), plain = Load(PixelShift.None);
        Recording.AssertSameBits(Complete(plain, border, sparse), Complete(emdc, rgb, sparse), "the border");
    }

    [Fact]
    public void A_large_frame_with_few_spots_is_no_worse_than_the_small_one_enlarged()
    {
        // A wall and a nearer board of another colour in front of it; a spot in 36×36 pixels.
        const int large = 4;
        int height = large * Height, width = large * Width;
        bool IsBoard(double y, double x) => y is > 0.3 and < 0.75 && x is > 0.35 and < 0.6;
        float[] truth = [.. Enumerable.Range(0, height * width).Select(i => IsBoard((i / width + 0.5) / height, (i % width + 0.5) / width) ? 1.2f : 2.5f + i % width / 2000f)];
        byte[] rgb = [.. truth.SelectMany((metres, i) => Enumerable.Repeat((byte)((metres < 2 ? 170 : 80) + (i * 7919 >> 5) % 13), 3))];
        float[] sparse = Grid(height, width, 36, i => truth[i]);
        using Emdc emdc = Load(), forced = Emdc.Load(Weights, new EmdcOptions { Device = "cpu", Scale = 0.25f });
        float[] dense = new float[truth.Length], enlarged = new float[truth.Length], small = new float[Height * Width];
        emdc.Complete(rgb, sparse, dense, height, width);
        Assert.Equal((Height, Width), (emdc.Report.Height, emdc.Report.Width));

        float[] smallSparse = new float[small.Length];
        byte[] smallRgb = new byte[3 * small.Length];
        for (int i = 0; i < truth.Length; i++)
        {
            int to = i / width / large * Width + i % width / large;
            smallSparse[to] = Math.Max(smallSparse[to], sparse[i]);
            rgb.AsSpan(3 * i, 3).CopyTo(smallRgb.AsSpan(3 * to));
        }

        emdc.Complete(smallRgb, smallSparse, small, Height, Width);
        Assert.Equal((Height, Width), (emdc.Report.Height, emdc.Report.Width));
        Assert.InRange(Error(dense), 0, Error([.. truth.Select((_, i) => small[i / width / large * Width + i % width / large])]));
        Assert.All(Enumerable.Range(0, dense.Length).Where(i => sparse[i] > 0), i => Assert.InRange(dense[i], 0.99f * sparse[i], 1.01f * sparse[i]));

        forced.Complete(rgb, sparse, enlarged, height, width);
        Recording.AssertSameBits(dense, enlarged, "the same scale, asked for");

        double Error(float[] map) => map.Zip(truth, (p, g) => Math.Abs(p - g) / g).Average();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1.5f)]
    [InlineData(float.NaN)]
    public void A_scale_is_above_0_and_at_most_1(float scale) =>
        Assert.Equal(
            $"The scale is {scale}, but must be above 0 and at most 1.",
            Assert.Throws<EmdcException>(() => Emdc.Load(TestFrame.Weights, new EmdcOptions { Scale = scale })).Message);

    [Fact]
    public void A_scale_that_leaves_too_little_is_refused()
    {
        using Emdc emdc = Emdc.Load(TestFrame.Weights, new EmdcOptions { Device = "cpu", Scale = 0.1f });
        TestFrame frame = TestFrame.Of(40, 70);
        Assert.Equal(
            "A scale of 0.1 makes 4×7 of a frame of 40×70, but both sides must be 8 to 16384 pixels.",
            Assert.Throws<EmdcException>(() => frame.Dense(emdc)).Message);
    }

    [Fact]
    public void Submitted_frames_of_two_sizes_give_what_frames_alone_give_with_any_number_of_threads()
    {
        float[][] spots = [Grid(Height, Width, 7, i => 1 + i % 5), Grid(Height, Width, 17, i => 1 + i % 3), Grid(Height, Width, 6, i => 2 + i % 2)];
        byte[] rgb = Noise(new Random(4));
        using Emdc emdc = Load(), one = Emdc.Load(Weights, new EmdcOptions { Device = "cpu", Threads = 1 });
        float[][] alone = [.. spots.Select(sparse => Complete(one, rgb, sparse))];
        emdc.Submit(rgb, spots[0], Height, Width);
        Assert.False(emdc.CanSubmit(spots[1], Height, Width));
        Assert.True(emdc.CanSubmit(spots[2], Height, Width));
        emdc.Submit(rgb, spots[2], Height, Width);
        foreach (int i in new[] { 0, 2 })
        {
            var dense = new float[Height * Width];
            emdc.Collect(new DepthMaps { Dense = dense });
            Recording.AssertSameBits(alone[i], dense, $"frame {i}");
        }

        Recording.AssertSameBits(alone[1], Complete(emdc, rgb, spots[1]), "frame 1");
    }

    private static Emdc Load(PixelShift? registration = null) => Emdc.Load(Weights, new EmdcOptions { Device = "cpu", Registration = registration });

    private static float[] Complete(Emdc emdc, byte[] rgb, float[] sparse)
    {
        var dense = new float[sparse.Length];
        emdc.Complete(rgb, sparse, dense, Height, Width);
        return dense;
    }

    private static byte[] Grey(int pixels) => [.. Enumerable.Repeat((byte)128, 3 * pixels)];

    private static byte[] Noise(Random random)
    {
        var rgb = new byte[3 * Height * Width];
        random.NextBytes(rgb);
        return rgb;
    }

    private static float[] Grid(int height, int width, int step, Func<int, float> depth) =>
        [.. Enumerable.Range(0, height * width).Select(i => i / width % step == step / 2 && i % width % step == step / 2 ? depth(i) : 0)];
}
