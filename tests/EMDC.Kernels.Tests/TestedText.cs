using EMDC.Tests.Operators;

namespace EMDC.Kernels.Tests;

/// <summary>
/// The first OpenCL device, made to run text of the tests in place of the shipped one: text that leaves numbers in a buffer behind its
/// other arguments.
/// </summary>
/// <param name="tiling">One of <see cref="KernelDevice.Tilings"/>.</param>
/// <param name="text">The text of a kernel by its name.</param>
/// <param name="count">The numbers in the buffer.</param>
/// <param name="wrap">Puts another device in front of it.</param>
internal sealed class TestedText(string tiling, Func<string, string> text, int count, Func<OpenCLDevice, Device>? wrap = null) : IDisposable
{
    public const string Device = "opencl:0";

    private Queue? _queue;
    private View _numbers;
    private DeviceBackend? _opened;

    public DeviceBackend Opened => _opened ??= KernelDevice.All.Open(Device, KernelDevice.Tilings[tiling], keepTensors: true, Prepare);

    /// <summary>What the kernels have left since the last call.</summary>
    public int[] Take()
    {
        int[] numbers = new int[count];
        _queue!.Read<int>(_numbers, numbers);
        Clear();
        return numbers;
    }

    public void Run(Action<Backend> run) => run(new Backend($"text of the tests, {tiling} tiling", () => new KernelDevice.SharedBackend(Opened)));

    public void Dispose() => _opened?.Dispose();

    private Device Prepare(Device opened)
    {
        var device = (OpenCLDevice)opened;
        device.Source = text;
        device.Behind = device.Allocate((long)count * sizeof(int));
        _numbers = View.Of<int>(device.Behind, 0, count);
        _queue = device.CreateQueue();
        Clear();
        return wrap?.Invoke(device) ?? device;
    }

    private void Clear()
    {
        _queue!.Clear(_numbers);
        _queue.Wait();
    }
}
