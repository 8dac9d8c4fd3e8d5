namespace EMDC.Tests.Engine;

/// <summary>Colours laid on the depth.</summary>
public sealed class PixelShiftTests
{
    [Fact]
    public void Every_pixel_is_the_one_that_the_formula_names()
    {
        var random = new Random(8);
        for (int run = 0; run < 200; run++)
        {
            int height = random.Next(1, 12), width = random.Next(1, 12);
            var shift = new PixelShift(random.Next(-14, 15), random.Next(-14, 15));
            byte[] rgb = new byte[3 * height * width], laid = new byte[rgb.Length];
            random.NextBytes(rgb);
            shift.Lay(rgb, laid, height, width);
            for (int i = 0; i < laid.Length; i++)
            {
                int y = Math.Clamp(i / 3 / width + shift.Down, 0, height - 1), x = Math.Clamp(i / 3 % width + shift.Right, 0, width - 1);
                Assert.Equal(rgb[3 * (y * width + x) + i % 3], laid[i]);
            }
        }
    }

    [Fact]
    public void A_wrong_length_is_one_sentence() =>
        Assert.Equal(
            "The colours have 27 bytes and 24 to go to, but 3×3 pixels have 27.",
            Assert.Throws<EmdcException>(() => new PixelShift(1, 0).Lay(new byte[27], new byte[24], 3, 3)).Message);
}
