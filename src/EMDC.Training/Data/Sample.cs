namespace EMDC.Training.Data;

/// <summary>What the network learns from at once: a colour frame, the spots measured in it and the depth that is to come out.</summary>
internal sealed class Sample
{
    public int Height { get; private set; }

    public int Width { get; private set; }

    /// <summary>3×H×W, ImageNet's mean and deviation taken out: what <c>enc</c> reads.</summary>
    public float[] Rgb { get; private set; } = [];

    /// <summary>H×W metres, 0 = not measured.</summary>
    public float[] Spots { get; private set; } = [];

    /// <summary>H×W metres, 0 = unknown.</summary>
    public float[] Depth { get; private set; } = [];

    /// <summary>Makes room for H×W pixels; nothing is allocated while the size stays.</summary>
    public void Resize(int height, int width)
    {
        if (height * width != Depth.Length)
        {
            (Rgb, Spots, Depth) = (new float[3 * height * width], new float[height * width], new float[height * width]);
        }

        (Height, Width) = (height, width);
    }
}
