using ILGPU.OpenCL;
using ILGPU.Runtime;

namespace ILGPU.Tests.OpenCL;

/// <summary>What a translation says about arguments, and what its text looks like.</summary>
public class TranslationTests
{
    internal readonly record struct Inner(int First, float Second);

    internal readonly record struct Sizes(int Width, Inner Inner, uint Bits);

    internal readonly record struct Float4(float X, float Y, float Z, float W)
    {
        public Float4 Add(float w, Float4 x) => new(w * x.X + X, w * x.Y + Y, w * x.Z + Z, w * x.W + W);
    }

    internal static void MixedKernel(
        Index2D p, ArrayView<Float4> x, Sizes s, SpecializedValue<int> times, SpecializedValue<float> plus, ArrayView1D<float, Stride1D.Dense> kernel)
    {
        int half = p.Y * s.Width + p.X;
        float sum = plus;
        for (int k = 0; k < times; k++)
        {
            sum += kernel[half] * s.Inner.Second;
        }

        x[half] = x[half].Add(sum, new Float4(sum, sum, sum, sum));
    }

    [Fact]
    public void Arguments_are_described_in_order()
    {
        var kernel = KernelTranslator.Translate(Mixed, autoGrouped: true, 3, 0.5f);
        Assert.Equal(nameof(MixedKernel), kernel.EntryPoint);
        Assert.Equal(2, kernel.IndexDimensions);
        Assert.Equal(0, kernel.SharedBytes);
        Assert.Equal(
            [
                new KernelParameter.View("x", 16), new KernelParameter.Value("s", 16), new KernelParameter.Specialised("times", 4),
                new KernelParameter.Specialised("plus", 4), new KernelParameter.View("kernel", 4),
            ],
            kernel.Parameters);
    }

    [Fact]
    public void The_text_reads_like_the_kernel()
    {
        string source = KernelTranslator.Translate(Mixed, autoGrouped: true, 3, 0.5f).Source;
        string expected = """
            __kernel void MixedKernel(
                int extent_x,
                int extent_y,
                __global float4 *x, int x_offset, int x_length,
                Sizes s,
                __global float *kernel_, int kernel_offset, int kernel_length)
            {
                x += x_offset;
                kernel_ += kernel_offset;
                Index2D p = (Index2D){(int)get_global_id(0), (int)get_global_id(1)};
                if (p.X >= extent_x || p.Y >= extent_y)
                {
                    return;
                }
                int half_ = p.Y * s.Width + p.X;
                float sum = 0.5f;
                for (int k = 0; k < 3; k++)
                {
                    sum += kernel_[half_] * s.Inner.Second;
                }
                x[half_] = sum * (float4)(sum) + x[half_];
            }

            """;
        Assert.EndsWith(expected.ReplaceLineEndings("\n"), source);
    }

    private static System.Reflection.MethodInfo Mixed =>
        typeof(TranslationTests).GetMethod(nameof(MixedKernel), System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.NonPublic)!;
}
