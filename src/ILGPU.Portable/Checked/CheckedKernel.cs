using System.Reflection;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace ILGPU.Checked;

/// <summary>A kernel whose groups run side by side on the cores, each checked by itself.</summary>
internal sealed class CheckedKernel : MethodKernel
{
    // What an auto-grouped launch makes of its extent.
    private const int AutoGroupSize = 256;

    private readonly CPUAccelerator accelerator;
    private readonly ParameterInfo[] arguments;
    private readonly ResumableKernel? resumable;

    public CheckedKernel(CPUAccelerator accelerator, MethodInfo method, bool autoGrouped)
    {
        KernelSignature.Check(method, autoGrouped ? 1 : 0);
        this.accelerator = accelerator;
        arguments = method.GetParameters()[(autoGrouped ? 1 : 0)..];
        Name = method.Name;
        resumable = ResumableKernel.Of(method);
        if (autoGrouped && resumable is not null)
            throw new KernelFault($"{Name} has a barrier, which an auto-grouped kernel cannot have.");
    }

    public Accelerator Accelerator => accelerator;

    public string Name { get; }

    public string ArgumentName(int position) => arguments[position].Name ?? $"argument {position}";

    public override void Launch(AcceleratorStream stream, KernelConfig config, Func<KernelArguments, Action> bind)
    {
        var (grid, group) = config;
        if (!config.IsValid)
            throw new KernelFault($"{Name}: a launch of {grid} groups of {group} threads has none to run.");
        if (group.LongSize > accelerator.MaxNumThreadsPerGroup || !Fits(group, accelerator.MaxGroupSize))
            throw new KernelFault(
                $"{Name}: a group of {group} threads is more than {accelerator.MaxNumThreadsPerGroup} threads or " +
                $"{accelerator.MaxGroupSize}.");
        if (!Fits(grid, accelerator.MaxGridSize))
            throw new KernelFault($"{Name}: a grid of {grid} groups is more than {accelerator.MaxGridSize}.");
        Run(config, null, bind);
    }

    public override void Launch(AcceleratorStream stream, IIndex extent, Func<KernelArguments, Action> bind)
    {
        var dimensions = extent switch
        {
            Index1D index => new Index3D(index.X, 1, 1),
            Index2D index => new Index3D(index, 1),
            Index3D index => index,
            _ => throw new KernelFault($"{Name}: an extent of type {extent.GetType().Name} is not Index1D, Index2D or Index3D."),
        };
        if (!Fits(Index3D.One, dimensions)) throw new KernelFault($"{Name}: an extent of {extent} has no index to run.");
        long groups = (dimensions.LongSize + AutoGroupSize - 1) / AutoGroupSize;
        Run(new KernelConfig(checked((int)groups), AutoGroupSize), dimensions, bind);
    }

    private static bool Fits(Index3D index, Index3D limit) => index.X <= limit.X && index.Y <= limit.Y && index.Z <= limit.Z;

    private void Run(KernelConfig config, Index3D? extent, Func<KernelArguments, Action> bind)
    {
        lock (accelerator)
        {
            ObjectDisposedException.ThrowIf(accelerator.IsDisposed, accelerator);
            long groups = config.GridDim.LongSize;
            int workers = (int)Math.Min(accelerator.Workers, groups);
            var calls = new Action[workers];
            var frames = new LaneFrame[workers][];
            for (int worker = 0; worker < workers; worker++)
            {
                var taken = new CheckedArguments(this, accelerator.Group(worker));
                calls[worker] = bind(taken);
                frames[worker] = resumable?.NewFrames(config.GroupDim.Size, taken.Bound) ?? [];
            }

            // The fault of the lowest group is the one that is reported, whichever worker came first.
            long faulty = long.MaxValue;
            KernelFault? fault = null;
            var guard = new Lock();
            void Work(int worker)
            {
                var context = accelerator.Group(worker);
                long group = groups * worker / workers, end = groups * (worker + 1) / workers;
                context.Begin(Name, config, extent);
                try
                {
                    for (; group < end && group < Volatile.Read(ref faulty); group++)
                        context.RunGroup(group, calls[worker], resumable?.Step, frames[worker]);
                }
                catch (KernelFault found)
                {
                    lock (guard)
                        if (group < faulty) (faulty, fault) = (group, found);
                }
                finally
                {
                    context.End();
                }
            }
            if (workers == 1) Work(0);
            else Parallel.For(0, workers, Work);
            if (fault is not null) throw fault;
        }
    }
}
