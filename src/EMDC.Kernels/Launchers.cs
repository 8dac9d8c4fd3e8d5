using ILGPU;
using ILGPU.Runtime;

namespace EMDC.Kernels;

/// <summary>
/// Every binding of a kernel to a device, compiled when the device is opened. Typed delegates: a launch boxes nothing.
/// </summary>
internal sealed class Launchers(Accelerator accelerator)
{
    public readonly Action<KernelConfig, ArrayView<float>, ArrayView<float>, ArrayView<int>, InputShape> Measure =
        accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>, ArrayView<int>, InputShape>(Input.MeasureKernel);

    public readonly Action<KernelConfig, ArrayView<int>, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<Float4>, InputShape> Prepare =
        accelerator.LoadStreamKernel<ArrayView<int>, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<Float4>, InputShape>(
            Input.PrepareKernel);

    public readonly Action<KernelConfig, ArrayView<Float4>, ArrayView<Float4>, ArrayView<float>, ArrayView<float>, ArrayView<Float4>, ArrayView<Float4>, Conv3x3Shape> Conv3x3 =
        accelerator.LoadStreamKernel<ArrayView<Float4>, ArrayView<Float4>, ArrayView<float>, ArrayView<float>, ArrayView<Float4>, ArrayView<Float4>, Conv3x3Shape>(
            Kernels.Conv3x3.Conv3x3Kernel);

    public readonly Action<KernelConfig, ArrayView<Float4>, ArrayView<Float4>, ArrayView<float>, ArrayView<float>, ArrayView<Float4>, ArrayView<Float4>, Conv3x3DirectShape> Conv3x3Direct =
        accelerator.LoadStreamKernel<ArrayView<Float4>, ArrayView<Float4>, ArrayView<float>, ArrayView<float>, ArrayView<Float4>, ArrayView<Float4>, Conv3x3DirectShape>(
            Kernels.Conv3x3Direct.Conv3x3DirectKernel);

    public readonly Action<KernelConfig, ArrayView<Float4>, ArrayView<Float4>, ArrayView<float>, ArrayView<Float4>, ArrayView<Float4>, Conv3x3Stride2Shape> Conv3x3Stride2 =
        accelerator.LoadStreamKernel<ArrayView<Float4>, ArrayView<Float4>, ArrayView<float>, ArrayView<Float4>, ArrayView<Float4>, Conv3x3Stride2Shape>(
            Kernels.Conv3x3Stride2.Conv3x3Stride2Kernel);

    public readonly Action<KernelConfig, ArrayView<Float4>, ArrayView<Float4>, ArrayView<float>, ArrayView<float>, ArrayView<Float4>, ArrayView<Float4>, ConvAnyShape> ConvAny =
        accelerator.LoadStreamKernel<ArrayView<Float4>, ArrayView<Float4>, ArrayView<float>, ArrayView<float>, ArrayView<Float4>, ArrayView<Float4>, ConvAnyShape>(
            Kernels.ConvAny.ConvAnyKernel);

    public readonly Action<KernelConfig, ArrayView<Float4>, ArrayView<Float4>, ArrayView<Float4>, ArrayView<Float4>, ArrayView<Float4>, ArrayView<Float4>, ConvOneShape> ConvOne =
        accelerator.LoadStreamKernel<ArrayView<Float4>, ArrayView<Float4>, ArrayView<Float4>, ArrayView<Float4>, ArrayView<Float4>, ArrayView<Float4>, ConvOneShape>(
            Kernels.ConvOne.ConvOneKernel);

    public readonly Action<KernelConfig, ArrayView<Float4>, ArrayView<Float4>, ArrayView<float>, ArrayView<Float4>, ArrayView<Float4>, PointwiseShape> Pointwise =
        accelerator.LoadStreamKernel<ArrayView<Float4>, ArrayView<Float4>, ArrayView<float>, ArrayView<Float4>, ArrayView<Float4>, PointwiseShape>(
            Kernels.Pointwise.PointwiseKernel);

    public readonly Action<KernelConfig, ArrayView<Float4>, ArrayView<Float4>, ArrayView<Float4>, DepthwiseShape> Depthwise =
        accelerator.LoadStreamKernel<ArrayView<Float4>, ArrayView<Float4>, ArrayView<Float4>, DepthwiseShape>(Kernels.Depthwise.DepthwiseKernel);

    public readonly Action<KernelConfig, ArrayView<Float4>, ArrayView<Float4>, ArrayView<Float4>, ArrayView<float>, ArrayView<Float4>, ArrayView<Float4>, DepthwisePointwiseShape> DepthwisePointwise =
        accelerator.LoadStreamKernel<ArrayView<Float4>, ArrayView<Float4>, ArrayView<Float4>, ArrayView<float>, ArrayView<Float4>, ArrayView<Float4>, DepthwisePointwiseShape>(
            Kernels.DepthwisePointwise.DepthwisePointwiseKernel);

    public readonly Action<KernelConfig, ArrayView<Float4>, ArrayView<Float4>, ArrayView<Float4>, ArrayView<Float4>, ArrayView<Float4>, ArrayView<Float4>, GuidanceShape> Guidance =
        accelerator.LoadStreamKernel<ArrayView<Float4>, ArrayView<Float4>, ArrayView<Float4>, ArrayView<Float4>, ArrayView<Float4>, ArrayView<Float4>, GuidanceShape>(
            Kernels.Guidance.GuidanceKernel);

    public readonly Action<KernelConfig, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, PropagationShape> Propagation =
        Platform.LoadPropagation(accelerator);

    public readonly Action<KernelConfig, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, ScalingShape> Scaling =
        accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, ScalingShape>(
            Kernels.Scaling.ScalingKernel);

    /// <summary>A grid of <paramref name="x"/> × <paramref name="y"/> groups.</summary>
    public static KernelConfig Grid(int x, int y, int threads) => new(new Index2D(x, y), new Index2D(threads, 1));
}
