namespace EMDC.Tests.Reference;

/// <summary>Over the channels of every pixel: exp(x[c] − max) / Σ exp(x[k] − max).</summary>
public static class Softmax
{
    public static Tensor Apply(Tensor logits)
    {
        var output = new Tensor(logits.Channels, logits.Height, logits.Width);
        for (int y = 0; y < logits.Height; y++)
        {
            for (int x = 0; x < logits.Width; x++)
            {
                double max = double.NegativeInfinity;
                for (int c = 0; c < logits.Channels; c++)
                {
                    max = Math.Max(max, logits[c, y, x]);
                }

                double sum = 0;
                for (int c = 0; c < logits.Channels; c++)
                {
                    sum += output[c, y, x] = Math.Exp(logits[c, y, x] - max);
                }

                for (int c = 0; c < logits.Channels; c++)
                {
                    output[c, y, x] /= sum;
                }
            }
        }

        return output;
    }
}
