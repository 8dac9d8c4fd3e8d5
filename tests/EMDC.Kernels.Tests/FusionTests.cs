using EMDC.Operators;
using EMDC.Tests.Operators;
using EMDC.Tests.Reference;
using Tensor = EMDC.Operators.Tensor;

namespace EMDC.Kernels.Tests;

/// <summary>Depthwise and pointwise convolution as one launch, in both orders, which happens when what stands between them is released.</summary>
[Collection("device")]
public sealed class FusionTests
{
    public static TheoryData<int, int, int, int, int, bool, string, string> Cases
    {
        get
        {
            var cases = new TheoryData<int, int, int, int, int, bool, string, string>();
            foreach (string device in KernelDevice.Names)
            {
                foreach (string tiling in (string[])["own", "GPU"])
                {
                    cases.Add(1, 1, 1, 1, 1, false, device, tiling);
                    cases.Add(9, 24, 5, 7, 1, true, device, tiling);
                    cases.Add(10, 31, 17, 33, 2, false, device, tiling);
                    cases.Add(96, 10, 13, 31, 2, true, device, tiling);
                    cases.Add(144, 33, 6, 17, 1, true, device, tiling);
                    cases.Add(144, 24, 8, 8, 1, true, device, tiling);
                    cases.Add(96, 24, 16, 16, 2, false, device, tiling);
                    cases.Add(960, 65, 1, 9, 2, false, device, tiling);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void One_launch_agrees_with_the_reference(
        int channels, int outputs, int height, int width, int stride, bool residual, string device, string tiling)
    {
        KernelDevice.Need(device);
        RunFusion(channels, outputs, height, width, stride, residual, KernelDevice.Backend(device, tiling));
    }

    internal static void RunFusion(int channels, int outputs, int height, int width, int stride, bool residual, Backend backend)
    {
        string name = $"fusion {channels}→{outputs}, {height}×{width}, stride {stride}";
        int outHeight = (height + stride - 1) / stride, outWidth = (width + stride - 1) / stride;
        DrawnConv first = Draw.Conv($"{name} depthwise", channels, 1, 3, gain: 4), second = Draw.Conv($"{name} pointwise", outputs, channels, 1);
        EMDC.Tests.Reference.Tensor x = Draw.Tensor($"{name} x", channels, height, width, 2), r = Draw.Tensor($"{name} r", outputs, outHeight, outWidth, 2);
        EMDC.Tests.Reference.Tensor filtered = ReLU6.Apply(EMDC.Tests.Reference.DepthwiseConv2d.Apply(x, first.Filter, first.Bias, stride, 1));
        EMDC.Tests.Reference.Tensor expected = second.Apply(filtered);

        // The error of the first convolution passes through the second: (9 + 1 + C + 1) terms over the magnitudes of both.
        EMDC.Tests.Reference.Tensor magnitude = second.Magnitude(EMDC.Tests.Reference.DepthwiseConv2d.Magnitude(x, first.Filter, first.Bias, stride, 1));
        if (residual)
        {
            (expected, magnitude) = (expected.Zip(r, (a, b) => a + b), magnitude.Zip(r, (a, b) => a + Math.Abs(b)));
        }

        using IBackend op = backend.Open();
        Tensor input = op.Tensor("x", channels, height, width, Values(x)), between = op.Tensor("between", channels, outHeight, outWidth);
        Tensor? added = residual ? op.Tensor("r", outputs, outHeight, outWidth, Values(r)) : null;
        Tensor y = op.Tensor("y", outputs, outHeight, outWidth);
        op.DepthwiseConv2d(first.Weights, input, between, Activation.ReLU6, stride);
        op.Conv2d(second.Weights, between, y, Activation.None, residual: added);
        Assert.Equal(2, op.Plan.Count);
        op.Release(between);
        Assert.Equal("DepthwiseConv2d + Conv2d", Assert.Single(op.Plan).Operator);
        long before = op.KernelLaunches;
        op.Run(new Frame { Height = 0, Width = 0, Rgb = [], Sparse = [], MaxDepth = 20 }, CancellationToken.None);
        Assert.Equal(1, op.KernelLaunches - before);
        Tolerance.Sum(first.Terms + second.Terms + 1).Check(name, backend.Name, expected.Values, op.Values(y), magnitude.Values);
    }

    public static TheoryData<int, int, int, int, int, string, string> Expansions
    {
        get
        {
            var cases = new TheoryData<int, int, int, int, int, string, string>();
            foreach (string device in KernelDevice.Names)
            {
                foreach (string tiling in (string[])["held", "held by a few"])
                {
                    cases.Add(1, 1, 1, 1, 1, device, tiling);
                    cases.Add(5, 9, 1, 2, 2, device, tiling);
                    cases.Add(7, 17, 5, 7, 1, device, tiling);
                    cases.Add(16, 24, 12, 16, 1, device, tiling);
                    cases.Add(24, 31, 13, 31, 2, device, tiling);
                    cases.Add(160, 40, 6, 8, 1, device, tiling);
                    cases.Add(33, 12, 14, 39, 1, device, tiling);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Expansions))]
    public void An_expansion_in_one_launch_agrees_with_the_reference(
        int channels, int outputs, int height, int width, int stride, string device, string tiling)
    {
        KernelDevice.Need(device);
        RunExpansion(channels, outputs, height, width, stride, KernelDevice.Backend(device, tiling));
    }

    internal static void RunExpansion(int channels, int outputs, int height, int width, int stride, Backend backend)
    {
        string name = $"expansion {channels}→{outputs}, {height}×{width}, stride {stride}";
        DrawnConv first = Draw.Conv($"{name} pointwise", outputs, channels, 1, gain: 4), second = Draw.Conv($"{name} depthwise", outputs, 1, 3);
        EMDC.Tests.Reference.Tensor x = Draw.Tensor($"{name} x", channels, height, width, 2);
        EMDC.Tests.Reference.Tensor expected = ReLU6.Apply(
            EMDC.Tests.Reference.DepthwiseConv2d.Apply(ReLU6.Apply(first.Apply(x)), second.Filter, second.Bias, stride, 1));

        // As above: the error of the first convolution passes through the second.
        EMDC.Tests.Reference.Tensor magnitude = EMDC.Tests.Reference.DepthwiseConv2d.Magnitude(first.Magnitude(x), second.Filter, second.Bias, stride, 1);
        using IBackend op = backend.Open();
        Tensor input = op.Tensor("x", channels, height, width, Values(x)), between = op.Tensor("between", outputs, height, width);
        Tensor y = op.Tensor("y", outputs, (height + stride - 1) / stride, (width + stride - 1) / stride);
        op.Conv2d(first.Weights, input, between, Activation.ReLU6);
        op.DepthwiseConv2d(second.Weights, between, y, Activation.ReLU6, stride);
        Assert.Equal(2, op.Plan.Count);
        op.Release(between);
        Assert.Equal("Conv2d + DepthwiseConv2d", Assert.Single(op.Plan).Operator);
        long before = op.KernelLaunches;
        op.Run(new Frame { Height = 0, Width = 0, Rgb = [], Sparse = [], MaxDepth = 20 }, CancellationToken.None);
        Assert.Equal(1, op.KernelLaunches - before);
        Tolerance.Sum(first.Terms + second.Terms + 1).Check(name, backend.Name, expected.Values, op.Values(y), magnitude.Values);
    }

    [Theory]
    [InlineData("held", 24, 15, 31, true)]
    [InlineData("held", 24, 24, 36, false)]
    [InlineData("held", 24, 30, 40, false)]
    [InlineData("GPU", 24, 15, 31, false)]
    [InlineData("GPU", 200, 15, 31, true)]
    public void A_picture_that_a_group_cannot_hold_and_one_for_few_groups_are_not_held(string tiling, int outputs, int height, int width, bool isHeld)
    {
        using IBackend op = KernelDevice.Backend(KernelDevice.Any, tiling).Open();
        DrawnConv expand = Draw.Conv("held expand", outputs, 3, 1), depthwise = Draw.Conv("held depthwise", outputs, 1, 3), project = Draw.Conv("held project", 5, outputs, 1);
        Tensor hidden = op.Tensor("hidden", outputs, height, width), filtered = op.Tensor("filtered", outputs, height, width);
        op.Conv2d(expand.Weights, op.Tensor("x", 3, height, width), hidden, Activation.ReLU6);
        op.DepthwiseConv2d(depthwise.Weights, hidden, filtered, Activation.ReLU6);
        op.Release(hidden);
        op.Conv2d(project.Weights, filtered, op.Tensor("y", 5, height, width), Activation.None);
        op.Release(filtered);
        Assert.Equal(isHeld ? ["Conv2d + DepthwiseConv2d", "Conv2d"] : ["Conv2d", "DepthwiseConv2d + Conv2d"], op.Plan.Select(p => p.Operator));
    }

    [Fact]
    public void What_is_read_by_a_third_operator_is_not_fused()
    {
        using IBackend op = KernelDevice.Backend(KernelDevice.Any).Open();
        DrawnConv first = Draw.Conv("third depthwise", 3, 1, 3), second = Draw.Conv("third pointwise", 5, 3, 1);
        Tensor between = op.Tensor("between", 3, 4, 4), y = op.Tensor("y", 5, 4, 4), z = op.Tensor("z", 5, 4, 4);
        op.DepthwiseConv2d(first.Weights, op.Tensor("x", 3, 4, 4), between, Activation.None);
        op.Conv2d(second.Weights, between, y, Activation.None);
        op.Conv2d(second.Weights, between, z, Activation.None);
        op.Release(between);
        Assert.Equal(["DepthwiseConv2d", "Conv2d", "Conv2d"], op.Plan.Select(p => p.Operator));
    }

    private static float[] Values(EMDC.Tests.Reference.Tensor t) => Array.ConvertAll(t.Values, v => (float)v);
}
