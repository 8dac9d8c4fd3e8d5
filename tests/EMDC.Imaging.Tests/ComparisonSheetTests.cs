namespace EMDC.Imaging.Tests;

public sealed class ComparisonSheetTests
{
    // Panels of 256, gaps of 6, a line of 26 above (titles) and below (legend).
    private const int Side = 256, Gap = 6, Line = 26;

    [Fact]
    public void Shows_frame_spots_truth_results_and_errors()
    {
        var rgb = new RgbImage(256, 192, [.. Enumerable.Range(0, 3 * 256 * 192).Select(i => (byte)(10 * (i % 3 + 1)))]);
        var spots = new float[256 * 192];
        spots[100 * 256 + 50] = 3;
        // The right half is 4 m, the left one 1 m, a corner is unknown.
        float[] truth = Pictures.Fill(192, 256, (y, x) => y < 60 && x > 200 ? 0 : x < 128 ? 1 : 4);
        float[] right = [.. truth.Select(metres => metres > 0 ? metres : 4)], wrong = [.. right.Select(metres => metres * 1.05f)];
        RgbImage image = ComparisonSheet.Render(["other", "ours"], [new SheetRow(rgb, spots, truth, [wrong, right], ["0.05", "0"])]);
        Assert.Equal((Gap + 7 * (Side + Gap), Line + 192 + Gap + Line), (image.Width, image.Height));
        Assert.Equal((10, 20, 30), At(0, 100, 100));
        Assert.Equal(Turbo.Colour(2f / 3), At(1, 50, 100));
        Assert.Equal(Turbo.Colour(2f / 3), At(1, 51, 101));
        Assert.Equal((0, 0, 0), At(1, 52, 100));
        Assert.Equal(Turbo.Colour(0), At(2, 20, 150));
        Assert.Equal(Turbo.Colour(1), At(2, 220, 150));
        Assert.Equal((0, 0, 0), At(2, 250, 10));
        Assert.Equal(Turbo.Colour(0.05f / 3), At(3, 20, 150));
        Assert.Equal(Turbo.Colour(1), At(4, 220, 150));

        // 5 % is the middle of the scale, the truth's hole is grey.
        Assert.Equal((200, 40, 70), At(5, 20, 150));
        Assert.Equal((0, 0, 0), At(6, 20, 150));
        Assert.Equal((150, 150, 150), At(5, 250, 10));
        Assert.Equal((150, 150, 150), At(6, 250, 10));

        (int R, int G, int B) At(int panel, int x, int y)
        {
            int i = 3 * ((Line + y) * image.Width + Gap + panel * (Side + Gap) + x);
            return (image.Pixels[i], image.Pixels[i + 1], image.Pixels[i + 2]);
        }
    }

    [Theory]
    [InlineData(8, 8, 256)]
    [InlineData(1000, 1500, 171)]
    [InlineData(5, 2000, 1)]
    public void Frames_of_any_size_fill_their_panels(int height, int width, int rows)
    {
        float[] map = [.. Enumerable.Repeat(2f, height * width)];
        var row = new SheetRow(new RgbImage(width, height, new byte[3 * height * width]), map, map, [map], [""]);
        RgbImage image = ComparisonSheet.Render(["ours"], [row, row]);
        Assert.Equal(Line + 2 * (rows + Gap) + Line, image.Height);
        int last = 3 * ((Line + rows - 1) * image.Width + Gap + 4 * (Side + Gap) - Gap - 1);
        Assert.Equal(Turbo.Colour(0.5f), (image.Pixels[last], image.Pixels[last + 1], image.Pixels[last + 2]));
    }

    [Fact]
    public void What_does_not_fit_together_is_refused()
    {
        var rgb = new RgbImage(2, 1, new byte[6]);
        Refuses("ComparisonSheet: there are no rows, but at least one is needed.");
        Refuses(
            "ComparisonSheet: a row has 0 results and 1 captions, but there are 1 methods.", new SheetRow(rgb, new float[2], new float[2], [], [""]));
        Refuses(
            "ComparisonSheet: a map has 3 values, but its colour frame is 1×2 (height × width).",
            new SheetRow(rgb, new float[2], new float[3], [new float[2]], [""]));

        static void Refuses(string message, params SheetRow[] rows) =>
            Assert.Equal(message, Assert.Throws<ArgumentException>(() => ComparisonSheet.Render(["ours"], rows)).Message);
    }

    [Fact]
    public void Every_letter_of_the_font_has_its_own_ink()
    {
        const string letters = "0123456789.ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-–:,/()%+=_";
        var seen = new Dictionary<string, char>();
        foreach (char letter in letters)
        {
            string ink = string.Concat(from y in Enumerable.Range(0, PixelFont.Height) from x in Enumerable.Range(0, PixelFont.Width) select PixelFont.IsInk(letter, x, y) ? '#' : '.');
            Assert.Contains('#', ink);
            Assert.True(seen.TryAdd(ink, letter), $"{letter} looks like {seen.GetValueOrDefault(ink)}");
        }

        Assert.False(PixelFont.IsInk('ä', 2, 3));
    }
}
