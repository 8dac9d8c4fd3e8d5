using System.Runtime.InteropServices;
using EMDC.Operators;
using ILGPU;
using ILGPU.Runtime;

namespace EMDC.Kernels;

/// <summary>
/// What goes to the device and comes back each frame, in page-locked memory, so that a copy needs no second one:
/// RGB (four bytes to an int), sparse depth, up to four maps, and the partial counts of measured pixels.
/// </summary>
internal sealed class Staging : IDisposable
{
    private const int Maps = 4;

    private readonly PageLockedArray1D<int> _rgbHost;
    private readonly PageLockedArray1D<float> _sparseHost;
    private readonly PageLockedArray1D<float>[] _mapsHost;
    private readonly long _pixels;
    private readonly PageLockedArray1D<int> _countsHost;
    private readonly MemoryBuffer1D<int, Stride1D.Dense> _rgb;
    private readonly MemoryBuffer1D<float, Stride1D.Dense> _sparse;
    private readonly MemoryBuffer1D<float, Stride1D.Dense> _maps;
    private readonly MemoryBuffer1D<int, Stride1D.Dense> _counts;
    private readonly MemoryBuffer1D<float, Stride1D.Dense> _maxima;
    private readonly MemoryBuffer1D<float, Stride1D.Dense> _maximum;

    public Staging(Accelerator accelerator, int height, int width)
    {
        long pixels = (long)height * width;
        _rgb = accelerator.Allocate1D<int>((3 * pixels + 3) / 4);
        _sparse = accelerator.Allocate1D<float>(pixels);
        _maps = accelerator.Allocate1D<float>(Maps * pixels);
        _counts = accelerator.Allocate1D<int>(Input.Groups);
        _maxima = accelerator.Allocate1D<float>(Input.Groups);
        _maximum = accelerator.Allocate1D<float>(1);
        _rgbHost = accelerator.AllocatePageLocked1D<int>(_rgb.Length);
        _sparseHost = accelerator.AllocatePageLocked1D<float>(_sparse.Length);
        _mapsHost = [.. Enumerable.Range(0, Maps).Select(_ => accelerator.AllocatePageLocked1D<float>(pixels))];
        _pixels = pixels;
        _countsHost = accelerator.AllocatePageLocked1D<int>(_counts.Length);

        // The first frame copies all of it, whatever its size.
        _rgbHost.Span.Clear();
        _sparseHost.Span.Clear();
        _maps.View.MemSetToZero();
    }

    public ArrayView<int> Rgb => _rgb.AsContiguous();

    public ArrayView<float> Sparse => _sparse.AsContiguous();

    /// <summary>Four maps, each at a multiple of the padded frame's pixels.</summary>
    public ArrayView<float> Results => _maps.AsContiguous();

    /// <summary>Partial counts of measured pixels.</summary>
    public ArrayView<int> Counts => _counts.AsContiguous();

    /// <summary>Partial maxima of depth.</summary>
    public ArrayView<float> Maxima => _maxima.AsContiguous();

    /// <summary>m of the input preparation.</summary>
    public ArrayView<float> Maximum => _maximum.AsContiguous();

    /// <summary>Starts the copies to the device.</summary>
    public void Upload(in Frame frame)
    {
        frame.Rgb.CopyTo(MemoryMarshal.AsBytes(_rgbHost.Span));
        frame.Sparse.CopyTo(_sparseHost.Span);
        _rgb.View.CopyFromPageLockedAsync(_rgbHost);
        _sparse.View.CopyFromPageLockedAsync(_sparseHost);
    }

    /// <summary>Starts the copy of the partial counts from the device.</summary>
    public void DownloadCounts() => _counts.View.CopyToPageLockedAsync(_countsHost);

    /// <summary>Starts the copy of a map from the device.</summary>
    public void DownloadMap(int slot) => _maps.View.SubView(slot * _pixels, _pixels).CopyToPageLockedAsync(_mapsHost[slot]);

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
        _rgb.Dispose();
        _sparse.Dispose();
        _maps.Dispose();
        _counts.Dispose();
        _maxima.Dispose();
        _maximum.Dispose();
        _rgbHost.Dispose();
        _sparseHost.Dispose();
        foreach (PageLockedArray1D<float> map in _mapsHost)
        {
            map.Dispose();
        }

        _countsHost.Dispose();
    }
}
