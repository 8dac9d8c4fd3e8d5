using ILGPU;
using ILGPU.Runtime;

namespace EMDC.Kernels;

/// <summary>
/// Every binding of a kernel to a device, compiled when the device is opened. Typed delegates: a launch boxes nothing.
/// </summary>
internal sealed class Launchers(DeviceCalls device)
{
    public Action<KernelConfig, ArrayView<float>, ArrayView<float>, ArrayView<int>, InputShape> Measure { get; init; } =
        device.Compile(nameof(Measure), accelerator =>
            accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>, ArrayView<int>, InputShape>(Input.MeasureKernel));

    public Action<KernelConfig, ArrayView<int>, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<Float4>, InputShape> Prepare { get; init; } =
        device.Compile(nameof(Prepare), accelerator =>
            accelerator.LoadStreamKernel<ArrayView<int>, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<Float4>, InputShape>(
                Input.PrepareKernel));

    public Action<KernelConfig, ArrayView<Float4>, ArrayView<Float4>, ArrayView<float>, ArrayView<float>, ArrayView<Float4>, ArrayView<Float4>, Conv3x3Shape> Conv3x3 { get; init; } =
        device.Compile(nameof(Conv3x3), accelerator =>
            accelerator.LoadStreamKernel<ArrayView<Float4>, ArrayView<Float4>, ArrayView<float>, ArrayView<float>, ArrayView<Float4>, ArrayView<Float4>, Conv3x3Shape>(
                Kernels.Conv3x3.Conv3x3Kernel));

    public Action<KernelConfig, ArrayView<Float4>, ArrayView<Float4>, ArrayView<float>, ArrayView<float>, ArrayView<Float4>, ArrayView<Float4>, Conv3x3DirectShape> Conv3x3Direct { get; init; } =
        device.Compile(nameof(Conv3x3Direct), accelerator =>
            accelerator.LoadStreamKernel<ArrayView<Float4>, ArrayView<Float4>, ArrayView<float>, ArrayView<float>, ArrayView<Float4>, ArrayView<Float4>, Conv3x3DirectShape>(
                Kernels.Conv3x3Direct.Conv3x3DirectKernel));

    public Action<KernelConfig, ArrayView<Float4>, ArrayView<Float4>, ArrayView<float>, ArrayView<Float4>, ArrayView<Float4>, Conv3x3Stride2Shape> Conv3x3Stride2 { get; init; } =
        device.Compile(nameof(Conv3x3Stride2), accelerator =>
            accelerator.LoadStreamKernel<ArrayView<Float4>, ArrayView<Float4>, ArrayView<float>, ArrayView<Float4>, ArrayView<Float4>, Conv3x3Stride2Shape>(
                Kernels.Conv3x3Stride2.Conv3x3Stride2Kernel));

    public Action<KernelConfig, ArrayView<Float4>, ArrayView<Float4>, ArrayView<float>, ArrayView<float>, ArrayView<Float4>, ArrayView<Float4>, ConvAnyShape> ConvAny { get; init; } =
        device.Compile(nameof(ConvAny), accelerator =>
            accelerator.LoadStreamKernel<ArrayView<Float4>, ArrayView<Float4>, ArrayView<float>, ArrayView<float>, ArrayView<Float4>, ArrayView<Float4>, ConvAnyShape>(
                Kernels.ConvAny.ConvAnyKernel));

    public Action<KernelConfig, ArrayView<Float4>, ArrayView<Float4>, ArrayView<Float4>, ArrayView<Float4>, ArrayView<Float4>, ArrayView<Float4>, ConvOneShape> ConvOne { get; init; } =
        device.Compile(nameof(ConvOne), accelerator =>
            accelerator.LoadStreamKernel<ArrayView<Float4>, ArrayView<Float4>, ArrayView<Float4>, ArrayView<Float4>, ArrayView<Float4>, ArrayView<Float4>, ConvOneShape>(
                Kernels.ConvOne.ConvOneKernel));

    public Action<KernelConfig, ArrayView<Float4>, ArrayView<Float4>, ArrayView<float>, ArrayView<Float4>, ArrayView<Float4>, PointwiseShape> Pointwise { get; init; } =
        device.Compile(nameof(Pointwise), accelerator =>
            accelerator.LoadStreamKernel<ArrayView<Float4>, ArrayView<Float4>, ArrayView<float>, ArrayView<Float4>, ArrayView<Float4>, PointwiseShape>(
                Kernels.Pointwise.PointwiseKernel));

    public Action<KernelConfig, ArrayView<Float4>, ArrayView<Float4>, ArrayView<Float4>, DepthwiseShape> Depthwise { get; init; } =
        device.Compile(nameof(Depthwise), accelerator =>
            accelerator.LoadStreamKernel<ArrayView<Float4>, ArrayView<Float4>, ArrayView<Float4>, DepthwiseShape>(Kernels.Depthwise.DepthwiseKernel));

    public Action<KernelConfig, ArrayView<Float4>, ArrayView<Float4>, ArrayView<Float4>, ArrayView<float>, ArrayView<Float4>, ArrayView<Float4>, DepthwisePointwiseShape> DepthwisePointwise { get; init; } =
        device.Compile(nameof(DepthwisePointwise), accelerator =>
            accelerator.LoadStreamKernel<ArrayView<Float4>, ArrayView<Float4>, ArrayView<Float4>, ArrayView<float>, ArrayView<Float4>, ArrayView<Float4>, DepthwisePointwiseShape>(
                Kernels.DepthwisePointwise.DepthwisePointwiseKernel));

    public Action<KernelConfig, ArrayView<Float4>, ArrayView<Float4>, ArrayView<Float4>, ArrayView<Float4>, ArrayView<Float4>, ArrayView<Float4>, GuidanceShape> Guidance { get; init; } =
        device.Compile(nameof(Guidance), accelerator =>
            accelerator.LoadStreamKernel<ArrayView<Float4>, ArrayView<Float4>, ArrayView<Float4>, ArrayView<Float4>, ArrayView<Float4>, ArrayView<Float4>, GuidanceShape>(
                Kernels.Guidance.GuidanceKernel));

    public Action<KernelConfig, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, PropagationShape> Propagation { get; init; } =
        device.Compile(nameof(Propagation), accelerator => Platform.LoadPropagation(accelerator));

    public Action<KernelConfig, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, ScalingShape> Scaling { get; init; } =
        device.Compile(nameof(Scaling), accelerator =>
            accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, ScalingShape>(
                Kernels.Scaling.ScalingKernel));

    /// <summary>A run of units, one a thread.</summary>
    public static KernelConfig Run(int units, int y, Tile tile) => Grid(Tiling.Ceiling(units, tile.Across), y, tile.Across);

    /// <summary>A grid of <paramref name="x"/> × <paramref name="y"/> groups.</summary>
    public static KernelConfig Grid(int x, int y, int threads) => new(new Index2D(x, y), new Index2D(threads, 1));
}
