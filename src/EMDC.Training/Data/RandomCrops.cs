using System.Collections.Concurrent;
using EMDC.Training.Data.Colour;
using EMDC.Training.Data.Spots;

namespace EMDC.Training.Data;

/// <summary>A part of a random frame, seen by a random camera and measured by a random sensor.</summary>
internal sealed class RandomCrops : ISampleSource
{
    /// <summary>Frames that are tried for one sample before it is given up: enough for a set of which nine in ten frames are useless.</summary>
    private const int Attempts = 200;

    private readonly List<IFrames> _frames;
    private readonly long[] _ends;
    private readonly AugmentationOptions _options;
    private readonly Action<string> _note;
    private readonly ConcurrentDictionary<long, bool> _bad = new();
    private readonly ConcurrentBag<Scratch> _scratch = [];

    public RandomCrops(List<IFrames> frames, AugmentationOptions options, Action<string> note)
    {
        (_frames, _options, _note) = (frames, options, note);
        _ends = new long[frames.Count];
        long end = 0;
        for (int i = 0; i < _ends.Length; i++)
        {
            _ends[i] = end += frames[i].Count;
        }
    }

    public int Frames => (int)_ends[^1];

    public void Draw(ulong seed, long index, int height, int width, Sample into)
    {
        into.Resize(height, width);
        Scratch scratch = _scratch.TryTake(out Scratch? used) ? used : new Scratch();
        try
        {
            for (int attempt = 0; attempt < Attempts; attempt++)
            {
                if (Try(new Rng(seed, (ulong)index, (ulong)attempt), height, width, into, scratch))
                {
                    return;
                }
            }
        }
        finally
        {
            _scratch.Add(scratch);
        }

        throw new InvalidDataException($"{Attempts} random frames of {Frames} gave no sample of {height}×{width} pixels with {_options.LeastKnown:P0} of its depth known and {_options.FewestSpots} spots.");
    }

    public void Dispose() => _frames.ForEach(part => part.Dispose());

    private bool Try(Rng rng, int height, int width, Sample into, Scratch scratch)
    {
        long number = (long)(rng.Next() >> 11) % Frames;
        if (_bad.ContainsKey(number))
        {
            return false;
        }

        int part = Array.FindIndex(_ends, end => number < end), pixels = height * width;
        int draw = rng.Int(0, 1 << 16);
        StoredFrame frame;
        try
        {
            frame = _frames[part].Read((int)(number - (part > 0 ? _ends[part - 1] : 0)), draw);
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            if (_bad.TryAdd(number, true))
            {
                _note($"A frame is skipped: {error.Message}");
            }

            return false;
        }

        scratch.Resize(pixels, 3 * frame.Width);
        Window window = Choose(rng, frame, height, width);
        if (window.Depths(frame, into.Depth) < _options.LeastKnown * pixels)
        {
            return false;
        }

        Relief relief = Relief.Draw(_options, rng, into.Depth);
        relief.Apply(into.Depth);
        Beside(rng, window).Colours(frame, into.Rgb, scratch.Row);
        bool usual = rng.Chance(_options.UsualChance);
        if (usual && !frame.Spots.IsEmpty && rng.Chance(_options.OwnSpotsChance))
        {
            window.Spots(frame, into.Spots);
            relief.Apply(into.Spots);
        }
        else
        {
            new Sensor(_options, rng, height, width, into.Rgb, into.Depth, scratch).Measure(usual, into.Spots);
        }

        if (into.Spots.AsSpan(0, pixels).Length - into.Spots.AsSpan(0, pixels).Count(0f) < _options.FewestSpots)
        {
            return false;
        }

        if (rng.Chance(_options.ParallaxChance))
        {
            Parallax.Move(rng.Range(-_options.Parallax, _options.Parallax), rng.Chance(0.25f), height, width, into.Depth, into.Rgb, scratch);
        }

        Camera.Apply(_options, rng, height, width, into.Rgb, scratch.Row);
        Normalisation.Apply(into.Rgb, pixels);
        return true;
    }

    /// <summary>
    /// Where the colours are taken from: beside the depth by some pixels in some samples, as where two cameras are badly registered. What
    /// was measured and the truth stay together, because it is the depth camera's picture that is to be completed.
    /// </summary>
    private Window Beside(Rng rng, Window window)
    {
        if (!rng.Chance(_options.ShiftChance))
        {
            return window;
        }

        float turn = rng.Range(0, 2 * MathF.PI), far = rng.Range(0, _options.Shift);
        return window with
        {
            Top = window.Top + window.StepY * MathF.Round(far * MathF.Sin(turn)), Left = window.Left + window.StepX * MathF.Round(far * MathF.Cos(turn)),
        };
    }

    /// <summary>A frame smaller than the sample is enlarged until it covers it.</summary>
    private Window Choose(Rng rng, StoredFrame frame, int height, int width)
    {
        float most = MathF.Min((float)frame.Height / height, (float)frame.Width / width);
        float step = rng.Chance(_options.ShrinkChance) ? rng.Range(1, _options.LargestShrink) : 1;
        float stretch = 1 + _options.Stretch * rng.Range(-0.5f, 0.5f);
        bool unscaled = most >= 1 && step == 1 && rng.Chance(0.5f);
        float stepY = unscaled ? 1 : MathF.Min(step * stretch, (float)frame.Height / height), stepX = unscaled ? 1 : MathF.Min(step / stretch, (float)frame.Width / width);
        float top = rng.Range(0, frame.Height - stepY * height), left = rng.Range(0, frame.Width - stepX * width);
        if (stepY == 1 && stepX == 1)
        {
            (top, left) = (MathF.Round(top), MathF.Round(left));
        }

        return new Window(top, left, stepY, stepX, height, width, rng.Chance(_options.UpsideDownChance), rng.Chance(_options.FlipChance));
    }
}

/// <summary>What one thread needs for a moment.</summary>
internal sealed class Scratch
{
    public float[] Row { get; private set; } = [];

    public float[] Measured { get; private set; } = [];

    public float[] Other { get; private set; } = [];

    public bool[] Places { get; private set; } = [];

    public bool[] Edges { get; private set; } = [];

    public void Resize(int pixels, int row)
    {
        if (Row.Length < Math.Max(row, 2 * pixels))
        {
            Row = new float[Math.Max(row, 2 * pixels)];
        }

        if (Measured.Length != pixels)
        {
            (Measured, Other, Places, Edges) = (new float[pixels], new float[pixels], new bool[pixels], new bool[pixels]);
        }
    }
}
