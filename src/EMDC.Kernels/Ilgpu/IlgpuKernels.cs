using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace EMDC.Kernels;

/// <summary>
/// Every kernel as a method for ILGPU, compiled when it is first bound. The launchers are typed delegates, so that a launch boxes nothing.
/// </summary>
internal sealed class IlgpuKernels(Accelerator accelerator)
{
    // By a kernel's name: from a grid and views to a launch, which still wants a stream and the record; and its most threads of a group.
    private readonly Dictionary<string, (Delegate Bind, int MaxThreads)> _loaded = [];

    /// <summary>A kernel with its grid and views.</summary>
    public Action<AcceleratorStream, S> Bind<S>(Kernel<S> kernel, KernelConfig grid, ReadOnlySpan<View> views) where S : unmanaged =>
        ((Func<KernelConfig, View[], Action<AcceleratorStream, S>>)Loaded(kernel.Name).Bind)(grid, [.. views]);

    /// <summary>Most threads of a group of a kernel.</summary>
    public int MaxThreads<S>(Kernel<S> kernel) where S : unmanaged => Loaded(kernel.Name).MaxThreads;

    private (Delegate Bind, int MaxThreads) Loaded(string kernel)
    {
        if (!_loaded.TryGetValue(kernel, out (Delegate Bind, int MaxThreads) loaded))
        {
            _loaded.Add(kernel, loaded = Load(kernel));
        }

        return loaded;
    }

    /// <summary>What a launcher's kernel allows; ILGPU itself does not ask.</summary>
    private int Limit(Delegate launch) => launch.GetKernel() is CudaKernel cuda
        ? CudaLibrary.MaxThreads(cuda.FunctionPtr) ?? accelerator.MaxNumThreadsPerGroup
        : accelerator.MaxNumThreadsPerGroup;

    private (Delegate Bind, int MaxThreads) Load(string kernel) => kernel switch
    {
        nameof(FrameInput.MeasureKernel) => Load<float, float, int, InputShape>(FrameInput.MeasureKernel),
        nameof(FrameInput.PrepareKernel) => Load<int, float, float, float, Float4, InputShape>(FrameInput.PrepareKernel),
        nameof(Conv3x3.Conv3x3Kernel) => Load<Float4, Float4, float, float, Float4, Float4, Conv3x3Shape>(Conv3x3.Conv3x3Kernel),
        nameof(Conv3x3Wide.Conv3x3WideKernel) => Load<Float4, Float4, float, float, Float4, Float4, Conv3x3Shape>(Conv3x3Wide.Conv3x3WideKernel),
        nameof(Conv3x3Direct.Conv3x3DirectKernel) => Load<Float4, Float4, float, float, Float4, Float4, Conv3x3DirectShape>(Conv3x3Direct.Conv3x3DirectKernel),
        nameof(Conv3x3Stride2.Conv3x3Stride2Kernel) => Load<Float4, Float4, float, Float4, Float4, Conv3x3Stride2Shape>(Conv3x3Stride2.Conv3x3Stride2Kernel),
        nameof(ConvAny.ConvAnyKernel) => Load<Float4, Float4, float, float, Float4, Float4, ConvAnyShape>(ConvAny.ConvAnyKernel),
        nameof(ConvOne.ConvOneKernel) => Load<Float4, Float4, Float4, Float4, Float4, Float4, ConvOneShape>(ConvOne.ConvOneKernel),
        nameof(Pointwise.PointwiseKernel) => Load<Float4, Float4, float, Float4, Float4, PointwiseShape>(Pointwise.PointwiseKernel),
        nameof(Depthwise.DepthwiseKernel) => Load<Float4, Float4, Float4, DepthwiseShape>(Depthwise.DepthwiseKernel),
        nameof(DepthwisePointwise.DepthwisePointwiseKernel) => Load<Float4, Float4, Float4, float, Float4, Float4, DepthwisePointwiseShape>(DepthwisePointwise.DepthwisePointwiseKernel),
        nameof(ExpandDepthwise.ExpandDepthwiseKernel) => Load<Float4, Float4, float, Float4, Float4, ExpandDepthwiseShape>(ExpandDepthwise.ExpandDepthwiseKernel),
        nameof(Guidance.GuidanceKernel) => Load<Float4, Float4, Float4, Float4, Float4, Float4, GuidanceShape>(Guidance.GuidanceKernel),

        // 1024 threads leave each 64 registers: the compiler must know, or a launch fails for want of them.
        nameof(Propagation.PropagationKernel) => Load<float, float, float, float, float, PropagationShape>(Propagation.PropagationKernel, Propagation.MaxThreads),
        nameof(PropagationWide.PropagationWideKernel) => Load<float, float, float, float, float, PropagationShape>(PropagationWide.PropagationWideKernel, PropagationWide.MaxThreads),
        nameof(Scaling.ScalingKernel) => Load<float, float, float, float, float, float, ScalingShape>(Scaling.ScalingKernel),
        _ => throw new ArgumentException($"{kernel} is no kernel.", nameof(kernel)),
    };

    private (Delegate Bind, int MaxThreads) Load<A, B, C, S>(Action<ArrayView<A>, ArrayView<B>, ArrayView<C>, S> method)
        where A : unmanaged where B : unmanaged where C : unmanaged where S : unmanaged
    {
        Action<AcceleratorStream, KernelConfig, ArrayView<A>, ArrayView<B>, ArrayView<C>, S> launch = accelerator.LoadKernel(method);
        Func<KernelConfig, View[], Action<AcceleratorStream, S>> bind = (grid, v) =>
        {
            var (a, b, c) = (IlgpuDevice.Array<A>(v[0]), IlgpuDevice.Array<B>(v[1]), IlgpuDevice.Array<C>(v[2]));
            return (stream, shape) => launch(stream, grid, a, b, c, shape);
        };
        return (bind, Limit(launch));
    }

    private (Delegate Bind, int MaxThreads) Load<A, B, C, D, E, S>(
        Action<ArrayView<A>, ArrayView<B>, ArrayView<C>, ArrayView<D>, ArrayView<E>, S> method, int? threads = null)
        where A : unmanaged where B : unmanaged where C : unmanaged where D : unmanaged where E : unmanaged where S : unmanaged
    {
        Action<AcceleratorStream, KernelConfig, ArrayView<A>, ArrayView<B>, ArrayView<C>, ArrayView<D>, ArrayView<E>, S> launch = threads is null
            ? accelerator.LoadKernel(method)
            : accelerator.LoadKernel(method, new KernelSpecialization(Math.Min(threads.Value, accelerator.MaxNumThreadsPerGroup), null));
        Func<KernelConfig, View[], Action<AcceleratorStream, S>> bind = (grid, v) =>
        {
            var (a, b, c) = (IlgpuDevice.Array<A>(v[0]), IlgpuDevice.Array<B>(v[1]), IlgpuDevice.Array<C>(v[2]));
            var (d, e) = (IlgpuDevice.Array<D>(v[3]), IlgpuDevice.Array<E>(v[4]));
            return (stream, shape) => launch(stream, grid, a, b, c, d, e, shape);
        };
        return (bind, Limit(launch));
    }

    private (Delegate Bind, int MaxThreads) Load<A, B, C, D, E, F, S>(
        Action<ArrayView<A>, ArrayView<B>, ArrayView<C>, ArrayView<D>, ArrayView<E>, ArrayView<F>, S> method)
        where A : unmanaged where B : unmanaged where C : unmanaged where D : unmanaged where E : unmanaged where F : unmanaged where S : unmanaged
    {
        Action<AcceleratorStream, KernelConfig, ArrayView<A>, ArrayView<B>, ArrayView<C>, ArrayView<D>, ArrayView<E>, ArrayView<F>, S> launch =
            accelerator.LoadKernel(method);
        Func<KernelConfig, View[], Action<AcceleratorStream, S>> bind = (grid, v) =>
        {
            var (a, b, c) = (IlgpuDevice.Array<A>(v[0]), IlgpuDevice.Array<B>(v[1]), IlgpuDevice.Array<C>(v[2]));
            var (d, e, f) = (IlgpuDevice.Array<D>(v[3]), IlgpuDevice.Array<E>(v[4]), IlgpuDevice.Array<F>(v[5]));
            return (stream, shape) => launch(stream, grid, a, b, c, d, e, f, shape);
        };
        return (bind, Limit(launch));
    }
}
