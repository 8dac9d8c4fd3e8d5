using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EMDC.Weights;

namespace EMDC.Native;

/// <summary>The functions of <c>emdc.h</c>, which documents them. No exception crosses: each becomes a status and a sentence.</summary>
internal static unsafe class Exports
{
    private const int Abi = 1;

    public static string Version { get; } = typeof(Emdc).Assembly.GetName().Version!.ToString(3);

    private static readonly byte* _version = Forever(Version);

    [UnmanagedCallersOnly(EntryPoint = "emdc_open", CallConvs = [typeof(CallConvCdecl)])]
    public static Status Open(int abi, byte* weights, Options* options, nint* engine)
    {
        try
        {
            Options known = Start(abi, options, engine);
            *engine = Engines.Add(new Engine(StateDict.Load(Utf8.Read(weights, "weights")), known));
            return Status.Ok;
        }
        catch (Exception e)
        {
            return Failure(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "emdc_open_memory", CallConvs = [typeof(CallConvCdecl)])]
    public static Status OpenMemory(int abi, byte* weights, nuint bytes, Options* options, nint* engine)
    {
        try
        {
            Options known = Start(abi, options, engine);
            if (weights is null || bytes > int.MaxValue)
            {
                throw new CallException(Status.BadCall, weights is null
                    ? "weights is NULL, but a file's content is needed."
                    : $"weights has {bytes} bytes, but at most {int.MaxValue} are taken.");
            }

            SafetensorsFile file = SafetensorsFile.Parse("weights", new ReadOnlySpan<byte>(weights, (int)bytes).ToArray());
            *engine = Engines.Add(new Engine(StateDict.From(file, "weights"), known));
            return Status.Ok;
        }
        catch (Exception e)
        {
            return Failure(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "emdc_warm_up", CallConvs = [typeof(CallConvCdecl)])]
    public static Status WarmUp(nint engine, int width, int height)
    {
        try
        {
            Engines.Find(engine).WarmUp(height, width);
            return Status.Ok;
        }
        catch (Exception e)
        {
            return Failure(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "emdc_complete", CallConvs = [typeof(CallConvCdecl)])]
    public static Status Complete(nint engine, NativeFrame* frame, NativeMaps* maps, NativeResult* result)
    {
        try
        {
            CheckResult(result);
            Tell(Engines.Find(engine).Complete(Known(frame, frame is null ? 0 : frame->Size, "frame"), Known(maps, maps is null ? 0 : maps->Size, "maps")), result);
            return Status.Ok;
        }
        catch (Exception e)
        {
            return Failure(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "emdc_submit", CallConvs = [typeof(CallConvCdecl)])]
    public static Status Submit(nint engine, NativeFrame* frame)
    {
        try
        {
            Engines.Find(engine).Submit(Known(frame, frame is null ? 0 : frame->Size, "frame"));
            return Status.Ok;
        }
        catch (Exception e)
        {
            return Failure(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "emdc_collect", CallConvs = [typeof(CallConvCdecl)])]
    public static Status Collect(nint engine, NativeMaps* maps, NativeResult* result)
    {
        try
        {
            CheckResult(result);
            Tell(Engines.Find(engine).Collect(Known(maps, maps is null ? 0 : maps->Size, "maps")), result);
            return Status.Ok;
        }
        catch (Exception e)
        {
            return Failure(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "emdc_close", CallConvs = [typeof(CallConvCdecl)])]
    public static Status Close(nint engine)
    {
        try
        {
            if (engine != 0)
            {
                Engines.Remove(engine).Dispose();
            }

            return Status.Ok;
        }
        catch (Exception e)
        {
            return Failure(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "emdc_devices", CallConvs = [typeof(CallConvCdecl)])]
    public static Status ListDevices(byte* text, nuint capacity, nuint* needed)
    {
        try
        {
            return Write(string.Concat(Devices.Present(Engine.Providers).Select(d => $"{d.Name}\t{d.Description}\n")), text, capacity, needed);
        }
        catch (Exception e)
        {
            return Failure(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "emdc_profile", CallConvs = [typeof(CallConvCdecl)])]
    public static Status Profile(nint engine, NativeFrame* frame, int runs, byte* text, nuint capacity, nuint* needed)
    {
        try
        {
            return Write(Engines.Find(engine).Profile(Known(frame, frame is null ? 0 : frame->Size, "frame"), runs), text, capacity, needed);
        }
        catch (Exception e)
        {
            return Failure(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "emdc_last_error", CallConvs = [typeof(CallConvCdecl)])]
    public static byte* LastErrorText() => LastError.Text;

    [UnmanagedCallersOnly(EntryPoint = "emdc_version", CallConvs = [typeof(CallConvCdecl)])]
    public static byte* VersionText() => _version;

    private static Options Start(int abi, Options* options, nint* engine)
    {
        if (engine is null)
        {
            throw new CallException(Status.BadCall, "engine is NULL, but a place for the engine is needed.");
        }

        *engine = 0;
        if (abi != Abi)
        {
            throw new CallException(Status.BadCall, $"The program was built for ABI {abi} of libemdc, but this is version {Version} with ABI {Abi}.");
        }

        return options is null ? default : Known(options, options->Size, "options");
    }

    /// <summary>
    /// The caller's struct as this library knows it. Fields are only ever added at the end: what an older caller does not have is
    /// 0, and a newer caller's further fields must be 0, or they would be ignored silently.
    /// </summary>
    private static T Known<T>(T* given, uint size, string name) where T : unmanaged
    {
        if (given is null)
        {
            throw new CallException(Status.BadCall, $"{name} is NULL, but a struct is needed.");
        }

        // No struct ever ended before its first pointer.
        if (size < 8 || size > 4096)
        {
            throw new CallException(Status.BadCall, $"{name}.size is {size}, but sizeof is {sizeof(T)}.");
        }

        for (uint i = (uint)sizeof(T); i < size; i++)
        {
            if (((byte*)given)[i] != 0)
            {
                throw new CallException(Status.BadCall, $"{name}.size is {size}, but this is version {Version}, which knows {sizeof(T)} bytes, and the others are not 0.");
            }
        }

        T known = default;
        Buffer.MemoryCopy(given, &known, sizeof(T), Math.Min(size, (uint)sizeof(T)));
        return known;
    }

    private static void CheckResult(NativeResult* result)
    {
        if (result is not null && result->Size < NativeResult.LeastSize)
        {
            throw new CallException(Status.BadCall, $"result.size is {result->Size}, but the first version had {NativeResult.LeastSize}.");
        }
    }

    private static void Tell(FrameReport report, NativeResult* result)
    {
        if (result is not null)
        {
            (result->Measured, result->Used, result->Bounded) = (report.Spots, report.Used, report.Bounded);
            (result->Width, result->Height) = (report.Width, report.Height);
            if (result->Size >= sizeof(NativeResult))
            {
                (result->ShiftDown, result->ShiftRight) = (report.Shift.Down, report.Shift.Right);
            }
        }
    }

    private static Status Write(string whole, byte* text, nuint capacity, nuint* needed)
    {
        if (text is null && capacity > 0)
        {
            throw new CallException(Status.BadCall, $"text is NULL, but capacity is {capacity}.");
        }

        nuint bytes = Utf8.Write(whole, text, capacity);
        if (needed is not null)
        {
            *needed = bytes;
        }

        return bytes <= capacity ? Status.Ok : throw new CallException(Status.BadCall, $"The text has {bytes} bytes, but there is room for {capacity}.");
    }

    [SuppressMessage("Design", "CA1031", Justification = "An exception that crosses would end the caller's process.")]
    private static Status Failure(Exception e)
    {
        (Status status, string sentence) = e switch
        {
            CallException call => (call.Status, call.Message),
            EmdcException known => (Status.Failed, known.Message),
            OutOfMemoryException => (Status.Failed, "The machine has not enough memory for this."),
            _ => (Status.Internal, $"{e.GetType().Name}: {e.Message}"),
        };
        try
        {
            LastError.Set(sentence);
        }
        catch (OutOfMemoryException)
        {
            // The sentence is lost, the status is not.
        }

        return status;
    }

    private static byte* Forever(string text)
    {
        byte* memory = (byte*)NativeMemory.Alloc((nuint)text.Length + 1);
        Utf8.Write(text, memory, (nuint)text.Length + 1);
        return memory;
    }
}
