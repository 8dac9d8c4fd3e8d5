using EMDC.OpenCL;
using Xunit.Sdk;
using Xunit.v3;

// Some tests divide by zero. PoCL's compiler, were it at work in another thread, would take the signal for its own end and remove
// its temporary files.
[assembly: Parallelization(Mode = ParallelMode.None)]

namespace EMDC.Translate.Tests;

/// <summary>Runs texts on the first OpenCL device.</summary>
internal sealed unsafe class OpenCLHost : IDisposable
{
    private readonly CLContext _context = new(CLDevice.All[0]);
    private readonly Dictionary<string, CLProgram> _programs = [];

    /// <summary>Skips a test on a machine without a device.</summary>
    public static void NeedDevice() => Machine.Needs(CLDevice.All.Count > 0, "There is no OpenCL device on this machine.");

    /// <summary>Runs a kernel whose arguments are views a, b and y; y holds the results, and what is returned the first fault.</summary>
    public int[] Run<TIn, TOut>(string name, string text, int groupsX, int groupsY, int threads, bool isChecked, TIn[] a, TIn[] b, TOut[] y)
        where TIn : unmanaged where TOut : unmanaged
    {
        if (!_programs.TryGetValue(text, out CLProgram? program)) _programs.Add(text, program = _context.Program(name, text));
        int[] fault = new int[3];
        using CLQueue queue = _context.Queue();
        using CLKernel kernel = program.Kernel();
        using CLBuffer first = View(0, a), second = View(3, b), result = View(6, y), faults = Filled(fault);
        if (isChecked) kernel.Set(9, faults);
        queue.Launch(kernel, groupsX, groupsY, threads);
        fixed (TOut* to = y) queue.Read(result, 0, y.Length * sizeof(TOut), to, wait: true);
        fixed (int* to = fault) queue.Read(faults, 0, fault.Length * sizeof(int), to, wait: true);
        return fault;

        CLBuffer View<T>(int argument, T[] values) where T : unmanaged
        {
            CLBuffer buffer = Filled(values);
            kernel.Set(argument, buffer);
            kernel.Set(argument + 1, 0);
            kernel.Set(argument + 2, values.Length);
            return buffer;
        }

        CLBuffer Filled<T>(T[] values) where T : unmanaged
        {
            CLBuffer buffer = _context.Buffer(values.Length * sizeof(T));
            fixed (T* from = values) queue.Write(buffer, 0, buffer.Bytes, from, wait: true);
            return buffer;
        }
    }

    public void Dispose()
    {
        foreach (CLProgram program in _programs.Values) program.Dispose();
        _context.Dispose();
    }
}
