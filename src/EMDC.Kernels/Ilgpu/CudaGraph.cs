using System.Runtime.InteropServices;
using ILGPU.Runtime.Cuda;

namespace EMDC.Kernels;

/// <summary>
/// Launches that the CUDA driver recorded once and replays with one call. ILGPU 1.5.3 has no such thing, but a stream that it created can
/// be captured and its handle is known.
/// </summary>
internal sealed unsafe class CudaGraph : Launch
{
    // CU_STREAM_CAPTURE_MODE_THREAD_LOCAL: finalisers of other threads may free memory meanwhile.
    private const int ThreadLocal = 1;

    private readonly Driver _driver;
    private nint _executable;

    private CudaGraph(Driver driver, nint executable) => (_driver, _executable) = (driver, executable);

    /// <summary>Records what <paramref name="launch"/> launches on a stream, without running it.</summary>
    /// <exception cref="DeviceException">It cannot be recorded; the stream is as it was before.</exception>
    public static CudaGraph Capture(CudaStream stream, Action launch)
    {
        Driver driver = Driver.Loaded.Value ?? throw new DeviceException("the driver has no CUDA graphs (11.4 is needed)");
        stream.Accelerator.Bind();
        nint handle = stream.StreamPtr, graph = 0, executable = 0;
        Check("cuStreamBeginCapture", driver.Begin(handle, ThreadLocal));
        try
        {
            int ended;
            try
            {
                launch();
            }
            finally
            {
                // Whatever happened, or the stream stays in capture.
                ended = driver.End(handle, &graph);
            }

            Check("cuStreamEndCapture", ended);
            Check("cuGraphInstantiate", driver.Instantiate(&executable, graph, 0));
            return new CudaGraph(driver, executable);
        }
        finally
        {
            if (graph != 0)
            {
                driver.DestroyGraph(graph);
            }
        }
    }

    /// <summary>Replays the launches.</summary>
    public void Run(CudaStream stream) => Check("cuGraphLaunch", _driver.Launch(_executable, stream.StreamPtr));

    public override void Dispose()
    {
        if (_executable != 0)
        {
            _driver.DestroyExecutable(_executable);
        }

        _executable = 0;
    }

    private static void Check(string call, int error)
    {
        if (error != 0)
        {
            throw new DeviceException($"{call} returns {error}");
        }
    }

    /// <summary>The driver's functions; null where one is missing.</summary>
    private sealed class Driver
    {
        public static readonly Lazy<Driver?> Loaded = new(Load);

        public required delegate* unmanaged<nint, int, int> Begin { get; init; }

        public required delegate* unmanaged<nint, nint*, int> End { get; init; }

        public required delegate* unmanaged<nint*, nint, ulong, int> Instantiate { get; init; }

        public required delegate* unmanaged<nint, nint, int> Launch { get; init; }

        public required delegate* unmanaged<nint, int> DestroyExecutable { get; init; }

        public required delegate* unmanaged<nint, int> DestroyGraph { get; init; }

        private static Driver? Load()
        {
            string[] names = ["cuStreamBeginCapture_v2", "cuStreamEndCapture", "cuGraphInstantiateWithFlags", "cuGraphLaunch", "cuGraphExecDestroy", "cuGraphDestroy"];
            nint[] f = [.. names.Select(name => CudaLibrary.Handle != 0 && NativeLibrary.TryGetExport(CudaLibrary.Handle, name, out nint function) ? function : 0)];
            return f.Contains(0) ? null : new Driver
            {
                Begin = (delegate* unmanaged<nint, int, int>)f[0],
                End = (delegate* unmanaged<nint, nint*, int>)f[1],
                Instantiate = (delegate* unmanaged<nint*, nint, ulong, int>)f[2],
                Launch = (delegate* unmanaged<nint, nint, int>)f[3],
                DestroyExecutable = (delegate* unmanaged<nint, int>)f[4],
                DestroyGraph = (delegate* unmanaged<nint, int>)f[5],
            };
        }
    }
}
