using System.Reflection;
using ILGPU;
using ILGPU.Runtime;

namespace EMDC.Translate.Tests;

/// <summary>What the text looks like.</summary>
public class TextTests
{
    internal readonly record struct Inner(int First, float Second);

    internal readonly record struct Sizes(int Width, Inner Inner, uint Bits);

    internal readonly record struct Float4(float X, float Y, float Z, float W)
    {
        public Float4 Add(float w, Float4 x) => new(w * x.X + X, w * x.Y + Y, w * x.Z + Z, w * x.W + W);
    }

    private static readonly int Times = 3;

    internal static void ScaleKernel(ArrayView<Float4> x, Sizes s, ArrayView1D<float, Stride1D.Dense> kernel)
    {
        int half = Group.IdxX * s.Width + Grid.IdxX;
        float sum = 0.5f;
        for (int k = 0; k < Times; k++)
        {
            sum += kernel[half] * s.Inner.Second;
        }

        x[half] = x[half].Add(Limit(sum, kernel), new Float4(sum, sum, sum, sum));
    }

    internal static void OtherKernel(ArrayView<float> x, Inner s) => x[s.First] = Limit(s.Second, x);

    private static float Limit(float value, ArrayView<float> limits)
    {
        for (int k = 0; k < limits.IntLength; k++)
        {
            value = value < limits[k] ? value : limits[k];
        }

        return value;
    }

    [Fact]
    public void The_text_reads_like_the_kernel()
    {
        string expected = """
            __kernel void ScaleKernel(
                __global float4 *x, int x_offset, int x_length,
                Sizes s,
                __global float *kernel_, int kernel_offset, int kernel_length)
            {
                x += x_offset;
                kernel_ += kernel_offset;
                int half_ = (int)get_local_id(0) * s.Width + (int)get_group_id(0);
                float sum = 0.5f;
                for (int k = 0; k < 3; k++)
                {
                    sum += kernel_[half_] * s.Inner.Second;
                }
                x[half_] = TextTests_Limit(sum, kernel_, kernel_length) * (float4)(sum) + x[half_];
            }

            """;
        Assert.EndsWith(expected.ReplaceLineEndings("\n"), KernelTexts.Whole(Method(nameof(ScaleKernel))));
    }

    [Fact]
    public void Checked_text_hands_every_index_and_its_length_to_a_test()
    {
        string expected = """
            static inline float TextTests_Limit(__global int *faults, float value, __global float *limits, int limits_length)
            {
                for (int k = 0; k < limits_length; k++)
                {
                    value = value < limits[AT(k, limits_length, 2)] ? value : limits[AT(k, limits_length, 2)];
                }
                return value;
            }

            __kernel void OtherKernel(
                __global float *x, int x_offset, int x_length,
                Inner s,
                __global int *faults)
            {
                x += x_offset;
                x[AT(s.First, x_length, 1)] = TextTests_Limit(faults, s.Second, x, x_length);
            }

            """;
        var places = new List<string>();
        Assert.EndsWith(expected.ReplaceLineEndings("\n"), KernelTexts.Whole(Method(nameof(OtherKernel)), places));
        Assert.Equal(["OtherKernel: TextTests.cs:33", "OtherKernel: TextTests.cs:39"], places);
    }

    [Fact]
    public void What_several_kernels_need_stands_once()
    {
        var files = KernelTexts.Files([Method(nameof(ScaleKernel)), Method(nameof(OtherKernel))]);
        Assert.Equal(["Common.cl", "OtherKernel.cl", "ScaleKernel.cl"], files.Keys);
        Assert.Contains("} Inner;", files["Common.cl"]);
        Assert.Contains("TextTests_Limit(float value", files["Common.cl"]);
        Assert.DoesNotContain("Sizes", files["Common.cl"]);
        Assert.StartsWith("// TextTests.OtherKernel, translated from IL; OpenCL C 1.2. Comes after Common.cl.\n\n__kernel", files["OtherKernel.cl"]);
        Assert.Contains("} Sizes;", files["ScaleKernel.cl"]);
        Assert.DoesNotContain("} Inner;", files["ScaleKernel.cl"]);
    }

    private static MethodInfo Method(string name) => typeof(TextTests).GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic)!;
}
