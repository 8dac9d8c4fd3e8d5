namespace EMDC.Operators;

/// <summary>The shape checks that the operators share: one sentence, both values.</summary>
internal static class Check
{
    public static void Channels(string op, Tensor tensor, int needed, string because)
    {
        if (tensor.Channels != needed)
        {
            throw new EmdcException($"{op}: {tensor.Name} is {tensor.Shape}, but {because} needs {needed} channel{(needed == 1 ? "" : "s")}.");
        }
    }

    public static void Size(string op, Tensor tensor, int height, int width, string because)
    {
        if (tensor.Height != height || tensor.Width != width)
        {
            throw new EmdcException($"{op}: {tensor.Name} is {tensor.Shape}, but {because} needs {height}×{width} pixels.");
        }
    }

    public static void SameShape(string op, Tensor tensor, Tensor like)
    {
        if (tensor.Channels != like.Channels || tensor.Height != like.Height || tensor.Width != like.Width)
        {
            throw new EmdcException($"{op}: {tensor.Name} is {tensor.Shape}, but must match {like.Name}, which is {like.Shape}.");
        }
    }

    public static void Reach(string op, Tensor tensor, int needed)
    {
        if (tensor.Reach < needed)
        {
            throw new EmdcException($"{op}: {tensor.Name} has a reach of {tensor.Reach}, but a stencil that looks {needed} pixels out reads it.");
        }
    }

    public static void Weights(string op, ConvWeights w)
    {
        if (w.Kernel < 1 || w.Kernel % 2 == 0 || w.OutChannels < 1 || w.InChannels < 1 ||
            w.Weight.Length != (long)w.OutChannels * w.InChannels * w.Kernel * w.Kernel || w.Bias.Length != w.OutChannels)
        {
            throw new EmdcException(
                $"{op}: {w.Name} is declared {w.Shape}, but holds {w.Weight.Length} weights and {w.Bias.Length} biases.");
        }
    }
}
