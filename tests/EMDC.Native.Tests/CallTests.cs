using System.Runtime.InteropServices;
using System.Text;

namespace EMDC.Native.Tests;

/// <summary>The functions of emdc.h, called as C calls them but in this process: what they refuse, and what they leave alone.</summary>
public sealed unsafe class CallTests
{
    private static readonly delegate* unmanaged[Cdecl]<int, byte*, Options*, nint*, Status> _open = &Exports.Open;
    private static readonly delegate* unmanaged[Cdecl]<int, byte*, nuint, Options*, nint*, Status> _openMemory = &Exports.OpenMemory;
    private static readonly delegate* unmanaged[Cdecl]<nint, int, int, Status> _warmUp = &Exports.WarmUp;
    private static readonly delegate* unmanaged[Cdecl]<nint, NativeFrame*, NativeMaps*, NativeResult*, Status> _complete = &Exports.Complete;
    private static readonly delegate* unmanaged[Cdecl]<nint, NativeFrame*, Status> _submit = &Exports.Submit;
    private static readonly delegate* unmanaged[Cdecl]<nint, NativeMaps*, NativeResult*, Status> _collect = &Exports.Collect;
    private static readonly delegate* unmanaged[Cdecl]<nint, Status> _close = &Exports.Close;
    private static readonly delegate* unmanaged[Cdecl]<byte*, nuint, nuint*, Status> _devices = &Exports.ListDevices;
    private static readonly delegate* unmanaged[Cdecl]<nint, NativeFrame*, int, byte*, nuint, nuint*, Status> _profile = &Exports.Profile;
    private static readonly delegate* unmanaged[Cdecl]<byte*> _lastError = &Exports.LastErrorText;

    private static readonly SampleFrame _sample = SampleFrame.Read("desk", 64, 48);

    private static string LastSentence => Marshal.PtrToStringUTF8((nint)_lastError())!;

    [Fact]
    public void Sizes_of_structs_are_those_of_the_header() =>
        Assert.Equal((48, 56, 56, 32), (sizeof(Options), sizeof(NativeFrame), sizeof(NativeMaps), sizeof(NativeResult)));

    [Fact]
    public void An_engine_from_a_file_and_one_from_memory_give_what_the_engine_gives()
    {
        float[] expected = new float[_sample.Metres.Length], confidence = new float[_sample.Metres.Length], uncertainty = new float[_sample.Metres.Length];
        FrameReport report;
        using (var emdc = Emdc.Load(SampleFrame.Weights, new EmdcOptions { Device = "cpu" }))
        {
            emdc.Complete(_sample.Rgb, _sample.Metres, new DepthMaps { Dense = expected, Confidence = confidence, Uncertainty = uncertainty }, _sample.Height, _sample.Width);
            report = emdc.Report;
        }

        nint fromFile = Opened(), fromMemory;
        fixed (byte* bytes = File.ReadAllBytes(SampleFrame.Weights))
        {
            Is(Status.Ok, _openMemory(1, bytes, (nuint)new FileInfo(SampleFrame.Weights).Length, null, &fromMemory));
        }

        foreach (nint engine in (nint[])[fromFile, fromMemory])
        {
            float[] dense = new float[expected.Length], c = new float[expected.Length], u = new float[expected.Length];
            fixed (float* d = dense, k = c, v = u)
            {
                var result = new NativeResult { Size = (uint)sizeof(NativeResult) };
                NativeMaps maps = Maps(d) with { Confidence = k, Uncertainty = v };
                Is(Status.Ok, Complete(engine, maps, &result));
                Assert.Equal(_sample.Metres.Count(m => m > 0), result.Measured);
                Assert.Equal((report.Used, report.Bounded, report.Width, report.Height), (result.Used, result.Bounded, result.Width, result.Height));
            }

            Assert.Equal(uncertainty, u);

            Assert.Equal(expected, dense);
            Assert.Equal(confidence, c);
            Is(Status.Ok, _close(engine));
        }
    }

    [Fact]
    public void A_program_of_the_first_version_is_served_and_a_known_shift_is_told()
    {
        // Eight bytes less than the struct has now, behind which the caller's own memory begins.
        var old = new NativeResult { Size = NativeResult.LeastSize, ShiftDown = 77, ShiftRight = 78 };
        var now = new NativeResult { Size = (uint)sizeof(NativeResult) };
        var shifted = new Options { Size = (uint)sizeof(Options), Registered = 1, ShiftDown = 2, ShiftRight = -1 };
        float[] expected = new float[_sample.Metres.Length], dense = new float[_sample.Metres.Length];
        using (var emdc = Emdc.Load(SampleFrame.Weights, new EmdcOptions { Device = "cpu", Registration = new PixelShift(2, -1) }))
        {
            emdc.Complete(_sample.Rgb, _sample.Metres, expected, _sample.Height, _sample.Width);
        }

        nint engine;
        fixed (byte* path = Encoding.UTF8.GetBytes(SampleFrame.Weights + "\0"))
        {
            Is(Status.Ok, _open(1, path, &shifted, &engine));
        }

        fixed (float* d = dense)
        {
            Is(Status.Ok, Complete(engine, Maps(d), &old));
            Is(Status.Ok, Complete(engine, Maps(d), &now));
        }

        Assert.Equal(expected, dense);
        Assert.Equal((now.Measured, 77, 78), (old.Measured, old.ShiftDown, old.ShiftRight));
        Assert.Equal((2, -1), (now.ShiftDown, now.ShiftRight));
        Is(Status.Ok, _close(engine));
    }

    // Every colour order and both depth formats, with gaps after rows, and rows from bottom to top.
    [Theory]
    [InlineData(0, 3, 0)]
    [InlineData(1, 3, 5)]
    [InlineData(2, 4, 0)]
    [InlineData(3, 4, 12)]
    public void Images_of_every_format_and_stride_are_read_where_they_are(int format, int channels, int gap)
    {
        int width = _sample.Width, height = _sample.Height, stride = (width * channels) + gap, depthStride = (width * 2) + (2 * gap);
        byte[] rgb = new byte[stride * height], depth = new byte[depthStride * height];
        for (int i = 0; i < height; i++)
        {
            int row = height - 1 - i;
            for (int j = 0; j < width; j++)
            {
                for (int c = 0; c < 3; c++)
                {
                    rgb[(row * stride) + (j * channels) + (format is 1 or 3 ? 2 - c : c)] = _sample.Rgb[(((i * width) + j) * 3) + c];
                }

                BitConverter.TryWriteBytes(depth.AsSpan((row * depthStride) + (2 * j)), _sample.Millimetres[(i * width) + j]);
            }
        }

        float[] expected = Plain();
        int mapStride = width + 3;
        float[] dense = new float[mapStride * height];
        nint engine = Opened();
        fixed (byte* r = rgb, s = depth)
        fixed (float* d = dense)
        {
            var frame = new NativeFrame
            {
                Size = (uint)sizeof(NativeFrame), Width = width, Height = height, RgbFormat = format, Rgb = r + ((height - 1) * stride), RgbStride = -stride,
                Depth = s + ((height - 1) * depthStride), DepthStride = -depthStride, DepthFormat = 1,
            };
            NativeMaps maps = Maps(d) with { Stride = mapStride * sizeof(float) };
            Is(Status.Ok, _complete(engine, &frame, &maps, null));

            // Submitted images may change at once.
            Is(Status.Ok, _submit(engine, &frame));
            rgb.AsSpan().Clear();
            depth.AsSpan().Clear();
            float[] again = new float[expected.Length];
            fixed (float* a = again)
            {
                NativeMaps plain = Maps(a);
                Is(Status.Ok, _collect(engine, &plain, null));
            }

            Assert.Equal(expected, again);
        }

        Is(Status.Ok, _close(engine));
        for (int i = 0; i < height; i++)
        {
            Assert.Equal(expected.AsSpan(i * width, width), dense.AsSpan(i * mapStride, width));
            Assert.Equal([0f, 0, 0], dense[((i * mapStride) + width)..((i + 1) * mapStride)]);
        }
    }

    [Fact]
    public void Wrong_arguments_are_one_sentence_each()
    {
        nint engine = Opened(), other = 1;
        float* dense = stackalloc float[1];
        byte* text = stackalloc byte[8];
        NativeMaps maps = Maps(dense), none = Maps(null);
        NativeFrame small = Frame(null, null);
        var result = new NativeResult();

        Refused("engine is NULL, but a place for the engine is needed.", _open(1, null, null, null));
        Refused("weights is NULL, but a text is needed.", _open(1, null, null, &other));
        Assert.Equal(0, other);
        Refused("The program was built for ABI 7 of libemdc, but this is version 0.1.0 with ABI 1.", _open(7, null, null, &other));
        Refused("weights is NULL, but a file's content is needed.", _openMemory(1, null, 5, null, &other));
        Refused("engine is NULL, but an engine from emdc_open is needed.", _complete(0, null, null, null));
        Refused("engine is closed already, or never was one.", _warmUp(12345, 64, 64));
        Refused("frame is NULL, but a struct is needed.", _complete(engine, null, &maps, null));
        Refused("frame.rgb is NULL, but an image is needed.", _complete(engine, &small, &maps, null));
        NativeFrame unsized = small with { Size = 0 };
        Refused("frame.size is 0, but sizeof is 56.", _complete(engine, &unsized, &maps, null));
        Refused("result.size is 0, but the first version had 24.", _complete(engine, &small, &maps, &result));
        Refused("All maps are NULL, but at least one must receive a result.", Complete(engine, none, null));
        Refused("maps.stride is 8 bytes, but a row has 256.", Complete(engine, maps with { Stride = 8 }, null));
        Refused("text is NULL, but capacity is 3.", _devices(null, 3, null));
        nuint needed;
        Assert.Equal(Status.BadCall, _devices(text, 4, &needed));
        Assert.Equal("cpu", Marshal.PtrToStringUTF8((nint)text));
        Assert.InRange(needed, 10u, 100_000u);

        byte* options = stackalloc byte[sizeof(Options) + 8];
        new Span<byte>(options, sizeof(Options) + 8).Clear();
        ((Options*)options)->Size = (uint)sizeof(Options) + 8;
        options[sizeof(Options) + 2] = 1;
        Refused("options.size is 56, but this is version 0.1.0, which knows 48 bytes, and the others are not 0.", Open((Options*)options, &other));
        options[sizeof(Options) + 2] = 0;
        Is(Status.Ok, Open((Options*)options, &other));
        Is(Status.Ok, _close(other));
        Is(Status.Ok, _close(engine));
        Refused("engine is closed already, or never was one.", _close(engine));
        Is(Status.Ok, _close(0));
    }

    [Theory]
    [InlineData(7, 48, 0, 0, "The frame is 7 wide and 48 high, but both must be 8 to 16384.")]
    [InlineData(64, int.MaxValue, 0, 0, "The frame is 64 wide and 2147483647 high, but both must be 8 to 16384.")]
    [InlineData(64, 48, 4, 0, "frame.rgb_format is 4, but only 0 (EMDC_RGB) to 3 (EMDC_BGRA) are defined.")]
    [InlineData(64, 48, 0, 2, "frame.depth_format is 2, but only 0 (EMDC_METRES) and 1 (EMDC_UINT16) are defined.")]
    public void Impossible_frames_are_refused_before_they_are_read(int width, int height, int format, int depthFormat, string sentence)
    {
        nint engine = Opened();
        byte one;
        NativeFrame frame = Frame(&one, (float*)&one) with { Width = width, Height = height, RgbFormat = format, DepthFormat = depthFormat };
        NativeMaps maps = Maps((float*)&one);
        Refused(sentence, _complete(engine, &frame, &maps, null));
        Refused(sentence, _submit(engine, &frame));
        Is(Status.Ok, _close(engine));
    }

    [Fact]
    public void What_the_world_fails_at_has_a_status_of_its_own()
    {
        nint engine;
        fixed (byte* path = "/nowhere/weights"u8, device = "cuda:9"u8, damaged = "no weights"u8)
        {
            Is(Status.Failed, _open(1, path, null, &engine));
            Assert.Equal("/nowhere/weights: there is no such file.", LastSentence);
            var options = new Options { Size = (uint)sizeof(Options), Device = device };
            Is(Status.Failed, Open(&options, &engine));
            Assert.StartsWith("There is no device 'cuda:9' here; present: cpu", LastSentence);
            Is(Status.Failed, _openMemory(1, damaged, 10, null, &engine));
            Assert.StartsWith("weights", LastSentence);
        }

        engine = Opened();
        float[] empty = new float[_sample.Metres.Length];
        fixed (byte* rgb = _sample.Rgb)
        fixed (float* nothing = empty)
        {
            NativeFrame frame = Frame(rgb, nothing);
            NativeMaps maps = Maps(nothing);
            Is(Status.NothingMeasured, _complete(engine, &frame, &maps, null));
            Assert.Equal("The depth has no value above 0 and up to 20 m; at least one measured pixel is needed.", LastSentence);
            Is(Status.Busy, _collect(engine, &maps, null));
        }

        Is(Status.Ok, _close(engine));
    }

    [Fact]
    public void A_third_frame_waits_for_the_first()
    {
        nint engine = Opened();
        float[] dense = new float[_sample.Metres.Length];
        fixed (byte* rgb = _sample.Rgb)
        fixed (float* depth = _sample.Metres, d = dense)
        {
            NativeFrame frame = Frame(rgb, depth);
            NativeMaps maps = Maps(d);
            Is(Status.Ok, _submit(engine, &frame));
            Is(Status.Ok, _submit(engine, &frame));
            Is(Status.Busy, _submit(engine, &frame));
            Is(Status.Busy, _complete(engine, &frame, &maps, null));
            Is(Status.Ok, _collect(engine, &maps, null));
            Is(Status.Ok, _submit(engine, &frame));
            Is(Status.Ok, _collect(engine, &maps, null));
            Is(Status.Ok, _collect(engine, &maps, null));
            Is(Status.Busy, _collect(engine, &maps, null));
        }

        Assert.Equal(Plain(), dense);
        Is(Status.Ok, _close(engine));
    }

    [Fact]
    public void Sentences_belong_to_their_thread()
    {
        Refused("engine is closed already, or never was one.", _warmUp(99, 64, 64));
        string elsewhere = "";
        var thread = new Thread(() => elsewhere = LastSentence);
        thread.Start();
        thread.Join();
        Assert.Equal("", elsewhere);
        Assert.Equal("engine is closed already, or never was one.", LastSentence);
    }

    [Fact]
    public void A_profile_is_JSON_with_every_operator()
    {
        nint engine = Opened();
        byte[] text = new byte[100_000];
        nuint needed;
        fixed (byte* rgb = _sample.Rgb, t = text)
        fixed (float* depth = _sample.Metres)
        {
            NativeFrame frame = Frame(rgb, depth);
            Is(Status.Ok, _profile(engine, &frame, 2, t, (nuint)text.Length, &needed));
            Refused("runs is 0, but must be 1 to 100000.", _profile(engine, &frame, 0, t, (nuint)text.Length, &needed));
        }

        using var json = System.Text.Json.JsonDocument.Parse(text.AsMemory(0, (int)needed - 1));
        Assert.Equal(("cpu", 48, 64, 2), (json.RootElement.GetProperty("device").GetString(), json.RootElement.GetProperty("height").GetInt32(),
            json.RootElement.GetProperty("width").GetInt32(), json.RootElement.GetProperty("runs").GetInt32()));
        Assert.InRange(json.RootElement.GetProperty("operators").GetArrayLength(), 60, 120);
        Assert.All(json.RootElement.GetProperty("operators").EnumerateArray(), op => Assert.True(op.GetProperty("ms").GetDouble() >= 0));
        Is(Status.Ok, _close(engine));
    }

    [Fact]
    public void A_frame_allocates_nothing_after_the_first()
    {
        nint engine = Opened();
        float[] dense = new float[_sample.Metres.Length];
        long before = 0;
        var failed = Status.Ok;
        fixed (byte* rgb = _sample.Rgb)
        fixed (float* depth = _sample.Metres, d = dense)
        {
            NativeFrame frame = Frame(rgb, depth);
            NativeMaps maps = Maps(d);
            for (int i = 0; i < 40; i++)
            {
                before = i == 20 ? GC.GetAllocatedBytesForCurrentThread() : before;
                failed |= _complete(engine, &frame, &maps, null);
            }

            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
            Is(Status.Ok, failed);
        }

        Is(Status.Ok, _close(engine));
    }

    private static nint Opened()
    {
        nint engine;
        Is(Status.Ok, Open(null, &engine));
        Assert.NotEqual(0, engine);
        return engine;
    }

    private static Status Open(Options* options, nint* engine)
    {
        fixed (byte* path = Encoding.UTF8.GetBytes(SampleFrame.Weights + '\0'))
        {
            return _open(1, path, options, engine);
        }
    }

    private static Status Complete(nint engine, NativeMaps maps, NativeResult* result)
    {
        fixed (byte* rgb = _sample.Rgb)
        fixed (float* depth = _sample.Metres)
        {
            NativeFrame frame = Frame(rgb, depth);
            return _complete(engine, &frame, &maps, result);
        }
    }

    private static float[] Plain()
    {
        float[] dense = new float[_sample.Metres.Length];
        using var emdc = Emdc.Load(SampleFrame.Weights, new EmdcOptions { Device = "cpu" });
        emdc.Complete(_sample.Rgb, _sample.Metres, dense, _sample.Height, _sample.Width);
        return dense;
    }

    private static NativeFrame Frame(byte* rgb, float* depth) => new()
    {
        Size = (uint)sizeof(NativeFrame), Width = _sample.Width, Height = _sample.Height, Rgb = rgb, Depth = (byte*)depth,
    };

    private static NativeMaps Maps(float* dense) => new() { Size = (uint)sizeof(NativeMaps), Dense = dense };

    private static void Is(Status expected, Status actual) => Assert.True(expected == actual, $"{actual} instead of {expected}: {LastSentence}");

    private static void Refused(string sentence, Status status)
    {
        Assert.Equal(Status.BadCall, status);
        Assert.Equal(sentence, LastSentence);
    }
}
