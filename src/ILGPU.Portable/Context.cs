using System.Collections.Immutable;
using ILGPU.Runtime;

namespace ILGPU;

/// <summary>The devices a program works with.</summary>
public sealed class Context : IDisposable
{
    private Context(ImmutableArray<Device> devices, bool profiling, string? programCacheFolder)
    {
        Devices = devices;
        EnableProfiling = profiling;
        ProgramCacheFolder = programCacheFolder;
    }

    public ImmutableArray<Device> Devices { get; }

    internal bool EnableProfiling { get; }

    /// <summary>Where compiled OpenCL programs are kept; null keeps none.</summary>
    internal string? ProgramCacheFolder { get; }

    public static Builder Create() => new();

    public static Context Create(Action<Builder> buildingCallback)
    {
        var builder = new Builder();
        buildingCallback(builder);
        return builder.ToContext();
    }

    public static Context CreateDefault() => new Builder().Default().ToContext();

    public TDevice GetDevice<TDevice>(int deviceIndex) where TDevice : Device => GetDevices<TDevice>()[deviceIndex];

    public DeviceCollection<TDevice> GetDevices<TDevice>() where TDevice : Device => new(Devices.OfType<TDevice>().ToArray());

    public ImmutableArray<Device>.Enumerator GetEnumerator() => Devices.GetEnumerator();

    /// <summary>The first device that is not a CPU, or the first CPU where there is none or where it is preferred.</summary>
    public Device GetPreferredDevice(bool preferCPU) =>
        Devices.FirstOrDefault(device => device.AcceleratorType == AcceleratorType.CPU == preferCPU) ?? Devices[0];

    public void Dispose()
    {
    }

    /// <summary>Collects devices and options.</summary>
    public sealed class Builder
    {
        private readonly ImmutableArray<Device>.Builder devices = ImmutableArray.CreateBuilder<Device>();
        private bool profiling;
        private string? programCacheFolder;

        internal Builder() { }

        internal Builder Add(IEnumerable<Device> found)
        {
            foreach (var device in found)
                if (!devices.Contains(device)) devices.Add(device);
            return this;
        }

        public Builder AllAccelerators() => AllAccelerators(_ => true);

        public Builder AllAccelerators(Predicate<Device> predicate) =>
            Add(DeviceRegistry.All().Where(device => predicate(device)));

        /// <summary>Kernels are always checked here.</summary>
        public Builder Assertions() => this;

        public Builder Default() => AllAccelerators();

        public Builder Inlining(InliningMode inliningMode) => this;

        public Builder Math(MathMode mathMode) => this;

        public Builder Optimize(OptimizationLevel level) => this;

        public Builder PageLocking(PageLockingMode mode) => this;

        /// <summary>Keeps compiled OpenCL programs in a folder, which need not be there; null keeps none, as without this.</summary>
        internal Builder ProgramCache(string? folder)
        {
            programCacheFolder = folder;
            return this;
        }

        public Builder Profiling()
        {
            profiling = true;
            return this;
        }

        public Context ToContext() => new(devices.ToImmutable(), profiling, programCacheFolder);
    }

    /// <summary>The devices of one kind, in the order they were found.</summary>
    public readonly ref struct DeviceCollection<TDevice> where TDevice : Device
    {
        private readonly TDevice[] devices;

        internal DeviceCollection(TDevice[] devices) => this.devices = devices;

        public int Count => devices.Length;

        public TDevice this[int deviceIndex] => devices[deviceIndex];

        public Enumerator GetEnumerator() => new(devices);

        /// <summary>Walks over the devices.</summary>
        public ref struct Enumerator
        {
            private readonly TDevice[] devices;
            private int next;

            internal Enumerator(TDevice[] devices) => this.devices = devices;

            public readonly TDevice Current => devices[next - 1];

            public bool MoveNext() => ++next <= devices.Length;
        }
    }
}
