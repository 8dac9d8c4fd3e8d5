using EMDC.Operators;

namespace EMDC.Tests.Operators;

/// <summary>Runs of single operators for tests that compare results with each other.</summary>
internal static class Recording
{
    /// <summary>Records, runs without a frame and reads what <paramref name="record"/> returns.</summary>
    public static float[] Run(Backend backend, Func<IBackend, Tensor> record)
    {
        using IBackend op = backend.Open();
        Tensor y = record(op);
        op.Run(new Frame { Height = 0, Width = 0, Rgb = [], Sparse = [], MaxDepth = 20 }, CancellationToken.None);
        return op.Values(y);
    }

    /// <summary>A tensor that holds these values.</summary>
    public static Tensor Tensor(this IBackend op, string name, int channels, int height, int width, float[] values, int reach = 1)
    {
        Tensor tensor = op.Tensor(name, channels, height, width, reach);
        op.Write(tensor, values);
        return tensor;
    }

    /// <summary>All values of a tensor.</summary>
    public static float[] Values(this IBackend op, Tensor tensor)
    {
        float[] values = new float[tensor.Channels * tensor.Height * tensor.Width];
        op.Read(tensor, values);
        return values;
    }

    /// <summary>Fails at the first value that differs in any bit.</summary>
    public static void AssertSameBits(float[] expected, float[] actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(expected[i]) != BitConverter.SingleToInt32Bits(actual[i]))
            {
                Assert.Fail($"{what}, index {i}: expected {expected[i]:G9}, actual {actual[i]:G9}.");
            }
        }
    }
}
