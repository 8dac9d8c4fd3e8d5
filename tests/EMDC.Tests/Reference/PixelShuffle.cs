namespace EMDC.Tests.Reference;

/// <summary>4C×H×W → C×2H×2W: out[c, 2y + i, 2x + j] = in[4c + 2i + j, y, x].</summary>
public static class PixelShuffle
{
    public static Tensor Apply(Tensor input)
    {
        var output = new Tensor(input.Channels / 4, 2 * input.Height, 2 * input.Width);
        for (int c = 0; c < output.Channels; c++)
        {
            for (int y = 0; y < output.Height; y++)
            {
                for (int x = 0; x < output.Width; x++)
                {
                    output[c, y, x] = input[4 * c + 2 * (y % 2) + x % 2, y / 2, x / 2];
                }
            }
        }

        return output;
    }
}
