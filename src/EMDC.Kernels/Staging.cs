using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using EMDC.Operators;
using ILGPU;
using ILGPU.Runtime;

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
    private readonly PageLockedArray1D<int> _rgbHost;
    private readonly PageLockedArray1D<float> _sparseHost;
    private readonly PageLockedArray1D<int> _countsHost;
    private readonly PageLockedArray1D<float>[] _mapsHost = new PageLockedArray1D<float>[Maps];
    private readonly ArrayView1D<float, Stride1D.Dense>[] _maps = new ArrayView1D<float, Stride1D.Dense>[Maps];
    private readonly MemoryBuffer1D<int, Stride1D.Dense> _rgb;
    private readonly MemoryBuffer1D<float, Stride1D.Dense> _sparse;
    private readonly MemoryBuffer1D<int, Stride1D.Dense> _counts;

    /// <param name="device">Where the frame goes.</param>
    /// <param name="shape">The padded frame; each <see cref="Upload"/> adds the caller's size.</param>
    public Staging(DeviceCalls device, InputShape shape)
    {
        Shape = shape;
        Pixels = shape.PaddedHeight * shape.PaddedWidth;
        string purpose = $"the images of a frame of {shape.PaddedHeight}×{shape.PaddedWidth}";
        try
        {
            _rgb = Own(device.Allocate<int>((3L * Pixels + 3) / 4, purpose));
            _sparse = Own(device.Allocate<float>(Pixels, purpose));
            _counts = Own(device.Allocate<int>(Input.Groups, purpose));
            MemoryBuffer1D<float, Stride1D.Dense> maps = Own(device.Allocate<float>((long)Maps * Pixels, purpose));
            (Rgb, Sparse, Counts, Results) = (_rgb.AsContiguous(), _sparse.AsContiguous(), _counts.AsContiguous(), maps.AsContiguous());
            Maxima = Own(device.Allocate<float>(Input.Groups, purpose)).AsContiguous();
            Maximum = Own(device.Allocate<float>(1, purpose)).AsContiguous();
            _rgbHost = Own(device.AllocatePageLocked<int>(_rgb.Length, purpose));
            _sparseHost = Own(device.AllocatePageLocked<float>(Pixels, purpose));
            _countsHost = Own(device.AllocatePageLocked<int>(Input.Groups, purpose));
            for (int slot = 0; slot < Maps; slot++)
            {
                _mapsHost[slot] = Own(device.AllocatePageLocked<float>(Pixels, purpose));
                _maps[slot] = maps.View.SubView((long)slot * Pixels, Pixels);
            }

            // The first frame copies all of it, whatever its size.
            _rgbHost.Span.Clear();
            _sparseHost.Span.Clear();
            device.Do("the clearing of memory", () => maps.View.MemSetToZero());
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The frame as the kernels take it.</summary>
    public InputShape Shape { get; private set; }

    /// <summary>Pixels of the padded frame, and from one map to the next in <see cref="Results"/>.</summary>
    public int Pixels { get; }

    public ArrayView<int> Rgb { get; }

    public ArrayView<float> Sparse { get; }

    /// <summary>Four maps.</summary>
    public ArrayView<float> Results { get; }

    /// <summary>Partial counts of measured pixels.</summary>
    public ArrayView<int> Counts { get; }

    /// <summary>Partial maxima of depth.</summary>
    public ArrayView<float> Maxima { get; }

    /// <summary>m of the input preparation.</summary>
    public ArrayView<float> Maximum { get; }

    /// <summary>The number of the frame that it holds, counted from 0.</summary>
    public long Frame { get; set; }

    /// <summary>Why the frame's launches ended early; told when the frame is collected and not while another one is.</summary>
    public ExceptionDispatchInfo? Failure { get; set; }

    /// <summary>Starts the copies to the device.</summary>
    public void Upload(in Frame frame, AcceleratorStream stream)
    {
        Shape = Shape with { Height = frame.Height, Width = frame.Width, MaxDepth = frame.MaxDepth };
        Failure = null;
        frame.Rgb.CopyTo(MemoryMarshal.AsBytes(_rgbHost.Span));
        frame.Sparse.CopyTo(_sparseHost.Span);
        _rgb.View.CopyFromPageLockedAsync(stream, _rgbHost);
        _sparse.View.CopyFromPageLockedAsync(stream, _sparseHost);
    }

    /// <summary>Starts the copy of the partial counts from the device.</summary>
    public void DownloadCounts(AcceleratorStream stream) => _counts.View.CopyToPageLockedAsync(stream, _countsHost);

    /// <summary>Starts the copy of a map from the device.</summary>
    public void DownloadMap(int slot, AcceleratorStream stream) => _maps[slot].CopyToPageLockedAsync(stream, _mapsHost[slot]);

    /// <summary>The number of measured pixels, after <see cref="DownloadCounts"/> and a wait.</summary>
    public int Measured
    {
        get
        {
            int sum = 0;
            foreach (int count in _countsHost.Span)
            {
                sum += count;
            }

            return sum;
        }
    }

    /// <summary>Hands a map to the caller, after <see cref="DownloadMap"/> and a wait.</summary>
    public void Hand(int slot, Span<float> to) => _mapsHost[slot].Span[..to.Length].CopyTo(to);

    public void Dispose()
    {
        foreach (IDisposable owned in _owned)
        {
            owned.Dispose();
        }

        _owned.Clear();
    }

    private T Own<T>(T owned) where T : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }
}
