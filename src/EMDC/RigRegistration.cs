using EMDC.Weights;

namespace EMDC;

/// <summary>
/// Finds by how many pixels the colours of a rig lie beside its depth, from frames whose depth nobody knows: with the colours where they
/// belong the network predicts best the spots that it is not given.
/// <code>
/// J(s) = mean over all frames, parts f and spots i kept from part f of  min(|D_f,s(q_i) − d_i| / d_i, 0.3)
/// </code>
/// D_f,s: the depth completed from the spots of part f with the colours laid by s (<see cref="PixelShift.Lay"/>); q, d: the places and
/// depths of spots. Each of four parts lacks a quarter of the spots; of dense maps it is given one pixel in fifty only.
/// The same spots are kept whatever s is, so that differences of J are told by pairs.
/// <para>
/// J is computed for 49 shifts two pixels apart, and from the best of them on at its eight neighbours, until none is better. A pixel is one
/// of the size that the network works at. It takes some 60 shifts × 4 parts of the network for each frame, seconds to minutes once for a rig;
/// <see cref="Completion.RegistrationSearch"/>, which looks at spots and colours alone, takes milliseconds in every frame and is less sure.
/// </para>
/// </summary>
public sealed class RigRegistration : IDisposable
{
    /// <summary>The largest shift that is tried, in pixels of the size that the network works at; the largest that is found is one less.</summary>
    public const int Reach = 6;

    /// <summary>The fewest spots of a frame.</summary>
    public const int FewestSpots = 100;

    private const int Parts = 4, PixelsOfSpot = 50, MostKept = 2000, Step = 2;
    private const float MostError = 0.3f;

    private readonly Emdc _engine;
    private readonly float _maxDepth;
    private readonly List<RigFrame> _frames = [];
    private readonly Dictionary<PixelShift, (float[] OfSpots, double Mean)> _errors = [];

    private RigRegistration(StateDict state, EmdcOptions options)
    {
        if (options.Raw)
        {
            throw new EmdcException("The bare network moves no colours, so a rig is registered without Raw.");
        }

        _maxDepth = options.MaxDepth;
        _engine = Emdc.Load(state, options with { Registration = PixelShift.None });
    }

    /// <summary>Loads weights from a safetensors file.</summary>
    /// <param name="path">The weights.</param>
    /// <param name="options">How frames are completed; <see cref="EmdcOptions.Registration"/> is what is looked for.</param>
    /// <exception cref="EmdcException">The file does not serve, the device is not there, or the options ask for the bare network.</exception>
    public static RigRegistration Load(string path, EmdcOptions? options = null) => new(StateDict.Load(path), options ?? new EmdcOptions());

    /// <summary>Adds a frame of the rig; a few of different places tell most.</summary>
    /// <param name="rgb">Height×width×3 bytes; must stay as they are.</param>
    /// <param name="sparse">Height×width metres, 0 where nothing was measured.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <exception cref="EmdcException">A length does not fit the size, the size is not that of the frames before, or there are too few spots.</exception>
    public void Add(ReadOnlyMemory<byte> rgb, ReadOnlySpan<float> sparse, int height, int width)
    {
        if (rgb.Length != 3L * height * width || sparse.Length != (long)height * width)
        {
            throw new EmdcException($"The colours have {rgb.Length} bytes and the depth {sparse.Length} values, but {height}×{width} pixels have {3L * height * width} and {(long)height * width}.");
        }

        if (_frames.Count > 0 && (_frames[0].Height, _frames[0].Width) != (height, width))
        {
            throw new EmdcException($"The frame is {height}×{width}, but the first was {_frames[0].Height}×{_frames[0].Width} (height × width); frames of a rig are of one size.");
        }

        var spots = new List<int>();
        for (int i = 0; i < sparse.Length; i++)
        {
            if (sparse[i] > 0 && sparse[i] <= _maxDepth)
            {
                spots.Add(i);
            }
        }

        if (spots.Count < FewestSpots)
        {
            throw new EmdcException($"The frame has {spots.Count} spots, but a rig is registered with {FewestSpots} or more in each.");
        }

        _frames.Add(new RigFrame(rgb, Divide(sparse, spots, height, width), height, width));
        _errors.Clear();
    }

    /// <summary>Looks for the shift.</summary>
    /// <param name="tried">Told after each shift how many were tried.</param>
    /// <param name="cancellation">Looked at between operators.</param>
    /// <exception cref="EmdcException">No frame was added.</exception>
    public RegistrationEvidence Find(Action<int>? tried = null, CancellationToken cancellation = default)
    {
        if (_frames.Count == 0)
        {
            throw new EmdcException("There is no frame to register the rig with.");
        }

        float[] none = Try(PixelShift.None).OfSpots;
        int unit = Math.Max(1, (int)Math.Round((double)_frames[0].Height / _engine.Report.Height));
        PixelShift best = PixelShift.None;
        for (int down = -Reach; down <= Reach; down += Step)
        {
            for (int right = -Reach; right <= Reach; right += Step)
            {
                best = Better(best, new PixelShift(down * unit, right * unit));
            }
        }

        for (int step = unit; step >= 1;)
        {
            PixelShift before = best;
            foreach (var (down, right) in ((int, int)[])[(-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)])
            {
                best = Better(best, new PixelShift(before.Down + down * step, before.Right + right * step));
            }

            step = best == before ? step / 2 : step;
        }

        return RegistrationEvidence.Of(none, _errors[best].OfSpots, best, isInside: Side(best) < Reach * unit, _errors.Count);

        PixelShift Better(PixelShift one, PixelShift other) =>
            Side(other) <= Reach * unit && Try(other).Mean < _errors[one].Mean ? other : one;

        static int Side(PixelShift shift) => Math.Max(Math.Abs(shift.Down), Math.Abs(shift.Right));

        (float[] OfSpots, double Mean) Try(PixelShift shift)
        {
            if (!_errors.TryGetValue(shift, out var errors))
            {
                float[] ofSpots = Errors(shift, cancellation);
                errors = _errors[shift] = (ofSpots, ofSpots.Average(error => (double)error));
                tried?.Invoke(_errors.Count);
            }

            return errors;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _engine.Dispose();

    /// <summary>Which spots each part is given and which are kept from it.</summary>
    private static RigPart[] Divide(ReadOnlySpan<float> sparse, List<int> spots, int height, int width)
    {
        // The same order for the same frame, whatever was added before.
        int[] order = [.. spots];
        new Random(1).Shuffle(order);
        var parts = new RigPart[Parts];
        for (int part = 0; part < Parts; part++)
        {
            int begin = (int)((long)order.Length * part / Parts), end = (int)((long)order.Length * (part + 1) / Parts);
            int most = Math.Max(FewestSpots, height * width / PixelsOfSpot);
            var given = new float[sparse.Length];
            for (int i = 0; i < Math.Min(most, order.Length - (end - begin)); i++)
            {
                int spot = order[(end + i) % order.Length];
                given[spot] = sparse[spot];
            }

            int[] kept = order[begin..Math.Min(end, begin + MostKept)];
            var depths = new float[kept.Length];
            for (int i = 0; i < kept.Length; i++)
            {
                depths[i] = sparse[kept[i]];
            }

            parts[part] = new RigPart(given, kept, depths);
        }

        return parts;
    }

    /// <summary>The errors of all spots with the colours laid by a shift, in the frames' and parts' order.</summary>
    private float[] Errors(PixelShift shift, CancellationToken cancellation)
    {
        var errors = new List<float>();
        foreach (RigFrame frame in _frames)
        {
            byte[] laid = new byte[frame.Rgb.Length];
            float[] dense = new float[frame.Height * frame.Width];
            shift.Lay(frame.Rgb.Span, laid, frame.Height, frame.Width);
            foreach (var (given, kept, depths) in frame.Parts)
            {
                _engine.Complete(laid, given, dense, frame.Height, frame.Width, cancellation);
                for (int i = 0; i < kept.Length; i++)
                {
                    errors.Add(Math.Min(Math.Abs(dense[kept[i]] - depths[i]) / depths[i], MostError));
                }
            }
        }

        return [.. errors];
    }

    private sealed record RigFrame(ReadOnlyMemory<byte> Rgb, RigPart[] Parts, int Height, int Width);

    /// <param name="Given">Height×width metres, 0 where nothing is given.</param>
    /// <param name="Kept">The pixels of spots that are not given.</param>
    /// <param name="Depths">Their depths, metres.</param>
    private sealed record RigPart(float[] Given, int[] Kept, float[] Depths);
}
