namespace EMDC.Tests.Reference;

/// <summary>
/// a[9k + j] = softmax(fuse)[k] · softmax(guidance[k])[j]: 9n×H×W for n dilations; the nine products alone where there is no
/// fuse (n = 1).
/// </summary>
public static class Affinity
{
    public static Tensor Apply(Tensor[] guidance, Tensor? fuse)
    {
        Tensor[] kernels = [.. guidance.Select(Softmax.Apply)];
        if (fuse is null)
        {
            return Tensor.Concat(kernels);
        }

        Tensor shares = Softmax.Apply(fuse);
        int plane = shares.Height * shares.Width;
        for (int k = 0; k < kernels.Length; k++)
        {
            double[] values = kernels[k].Values;
            for (int i = 0; i < values.Length; i++)
            {
                values[i] *= shares.Values[k * plane + i % plane];
            }
        }

        return Tensor.Concat(kernels);
    }
}
