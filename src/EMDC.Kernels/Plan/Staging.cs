using System.Runtime.ExceptionServices;
using EMDC.Operators;

namespace EMDC.Kernels;

/// <summary>
/// What goes to the device and comes back for one frame, in page-locked memory, so that a copy needs no second one: RGB (four
/// bytes to an int), sparse depth, up to four maps, and the partial counts of measured pixels. Two of them take turns where
/// copies run beside kernels.
/// </summary>
internal sealed class Staging : IDisposable
{
    private const int Maps = 4;

    private readonly List<IDisposable> _owned = [];
    private readonly HostMemory _rgbHost;
    private readonly HostMemory _sparseHost;
    private readonly HostMemory _countsHost;
    private readonly HostMemory[] _mapsHost = new HostMemory[Maps];

    /// <param name="device">Where the frame goes.</param>
    /// <param name="queue">Where memory is cleared.</param>
    /// <param name="index">Which of the two this is.</param>
    /// <param name="shape">The padded frame; each <see cref="Upload"/> adds the caller's size.</param>
    public Staging(DeviceCalls device, Queue queue, int index, InputShape shape)
    {
        (Index, Shape, Pixels) = (index, shape, shape.PaddedHeight * shape.PaddedWidth);
        string purpose = $"the images of a frame of {shape.PaddedHeight}×{shape.PaddedWidth}";
        try
        {
            Rgb = OnDevice<int>((3L * Pixels + 3) / 4);
            Sparse = OnDevice<float>(Pixels);
            Counts = OnDevice<int>(FrameInput.Groups);
            Results = OnDevice<float>((long)Maps * Pixels);
            Maxima = OnDevice<float>(FrameInput.Groups);
            Maximum = OnDevice<float>(1);
            _rgbHost = OnHost<int>(Rgb.Length);
            _sparseHost = OnHost<float>(Pixels);
            _countsHost = OnHost<int>(FrameInput.Groups);
            for (int slot = 0; slot < Maps; slot++)
            {
                _mapsHost[slot] = OnHost<float>(Pixels);
            }

            // The first frame copies all of it, whatever its size.
            _rgbHost.Span<byte>().Clear();
            _sparseHost.Span<byte>().Clear();
            device.Do("the clearing of memory", () => queue.Clear(Results));
        }
        catch
        {
            Dispose();
            throw;
        }

        View OnDevice<T>(long length) where T : unmanaged
        {
            Memory memory = device.Allocate<T>(length, purpose);
            _owned.Add(memory);
            return View.Of<T>(memory, 0, length);
        }

        HostMemory OnHost<T>(long length) where T : unmanaged
        {
            HostMemory memory = device.AllocatePinned<T>(length);
            _owned.Add(memory);
            return memory;
        }
    }

    /// <summary>Which of the two it is: 0 or 1.</summary>
    public int Index { get; }

    /// <summary>The frame as the kernels take it.</summary>
    public InputShape Shape { get; private set; }

    /// <summary>Pixels of the padded frame, and from one map to the next in <see cref="Results"/>.</summary>
    public int Pixels { get; }

    public View Rgb { get; }

    public View Sparse { get; }

    /// <summary>Four maps.</summary>
    public View Results { get; }

    /// <summary>Partial counts of measured pixels.</summary>
    public View Counts { get; }

    /// <summary>Partial maxima of depth.</summary>
    public View Maxima { get; }

    /// <summary>m of the input preparation.</summary>
    public View Maximum { get; }

    /// <summary>The number of the frame that it holds, counted from 0.</summary>
    public long Frame { get; set; }

    /// <summary>Why the frame's launches ended early; told when the frame is collected and not while another one is.</summary>
    public ExceptionDispatchInfo? Failure { get; set; }

    /// <summary>Starts the copies to the device.</summary>
    public void Upload(in Frame frame, Queue queue)
    {
        Shape = Shape with { Height = frame.Height, Width = frame.Width, MaxDepth = frame.MaxDepth };
        Failure = null;
        frame.Rgb.CopyTo(_rgbHost.Span<byte>());
        frame.Sparse.CopyTo(_sparseHost.Span<float>());
        queue.Write(Rgb, _rgbHost);
        queue.Write(Sparse, _sparseHost);
    }

    /// <summary>Starts the copy of the partial counts from the device.</summary>
    public void DownloadCounts(Queue queue) => queue.Read(Counts, _countsHost);

    /// <summary>Starts the copy of a map from the device.</summary>
    public void DownloadMap(int slot, Queue queue) => queue.Read(Results.Slice((long)slot * Pixels, Pixels), _mapsHost[slot]);

    /// <summary>The number of measured pixels, after <see cref="DownloadCounts"/> and a wait.</summary>
    public int Measured
    {
        get
        {
            int sum = 0;
            foreach (int count in _countsHost.Span<int>())
            {
                sum += count;
            }

            return sum;
        }
    }

    /// <summary>Hands a map to the caller, after <see cref="DownloadMap"/> and a wait.</summary>
    public void Hand(int slot, Span<float> to) => _mapsHost[slot].Span<float>()[..to.Length].CopyTo(to);

    public void Dispose()
    {
        foreach (IDisposable owned in _owned)
        {
            owned.Dispose();
        }

        _owned.Clear();
    }
}
