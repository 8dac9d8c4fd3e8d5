using System.Diagnostics;
using EMDC.Network;
using EMDC.Operators;
using EMDC.Weights;

namespace EMDC.Kernels;

/// <summary>
/// Searches the tiles of a device. Every launch of the network whose tile can be chosen runs alone, on what its inputs hold after
/// one frame: first with the rule's tile, then with each other one. A tile whose result differs from the rule's by more than
/// <see cref="ValidatingBackend.Bound"/> of the largest value (or is not finite) is not taken, however fast.
/// </summary>
public static class Tuner
{
    private const int Samples = 7, Turns = 3;
    private const double Gain = 0.97;
    private const double SampleMilliseconds = 2;

    /// <summary>Tunes a device for frames of one size and keeps the result.</summary>
    /// <param name="deviceName">As <see cref="KernelDevices.Devices"/> names it; without a number, number 0.</param>
    /// <param name="weights">The network's weights.</param>
    /// <param name="height">Rows of a frame; rounded up as the engine does.</param>
    /// <param name="width">Columns of a frame.</param>
    /// <param name="progress">Hears one line a launch.</param>
    /// <param name="path">The table's file; the default one without it.</param>
    /// <param name="most">Most tiles to try for a launch, spread over all that there are.</param>
    /// <param name="seconds">After so long no other launch is searched; those that take most of a frame are searched first.</param>
    /// <param name="cancellation">Looked at between tiles; a cancelled search keeps nothing.</param>
    /// <exception cref="EmdcException">There is no such device, or the file is not a table or cannot be written.</exception>
    public static TuningResult Run(
        string deviceName, StateDict weights, int height, int width, Action<string>? progress = null, string? path = null,
        int most = int.MaxValue, double seconds = double.PositiveInfinity, CancellationToken cancellation = default)
    {
        long start = Stopwatch.GetTimestamp();
        path ??= TileTable.DefaultPath;
        var table = TileTable.Load(path, out string? note);
        if (note is not null)
        {
            throw new EmdcException($"{path}: this file is there but is no table of tiles; EMDC_TILES names another, or delete it.");
        }

        var devices = new KernelDevices();
        using DeviceBackend op = devices.Open(Find(devices, deviceName), Tiling.For, keepTensors: true);
        var network = new EmdcWeights(weights);
        var (rows, columns) = (RoundUp(height), RoundUp(width));
        EmdcNetwork.Record(op, network, rows, columns);
        RunFrame(op, rows, columns);
        int fewest = op.Tiling.ConvThreads < 32 || op.Tiling.Direct ? 8 : 32;
        var tiles = new Dictionary<TileKey, Tile>();
        double before = 0, after = 0;
        Part[] parts = [.. op.Parts.DistinctBy(part => part.Key)];
        if (double.IsFinite(seconds))
        {
            parts = [.. parts.OrderByDescending(part => op.Parts.Count(other => other.Key == part.Key) * Usual(op, part))];
        }

        foreach (Part part in parts.TakeWhile(_ => Stopwatch.GetElapsedTime(start).TotalSeconds < seconds))
        {
            TileKey key = part.Key;
            Found found = Search(op, part, Spread([.. part.Tiles.Candidates(part.Tiling, key, fewest).Where(tile => tile != part.Tile)], most), cancellation);
            tiles.Add(key, found.Tile);
            int launches = op.Parts.Count(other => other.Key == key);
            before += launches * found.Default;
            after += launches * found.Best;
            progress?.Invoke(string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"{tiles.Count}/{parts.Length} {key.Kernel} {key.In}→{key.Out} {key.Height}×{key.Across}: {Text(part.Tile)} {found.Default:F4} ms → {Text(found.Tile)} {found.Best:F4} ms, {found.Tried} tried, {found.Wrong} wrong"));
        }

        table.Add(op.Tuned, tiles);
        table.Save(path);
        return new TuningResult(op.Tuned, path, tiles, parts.Length, before, after);
    }

    /// <summary>Milliseconds of a launch with the rule's tile.</summary>
    private static double Usual(DeviceBackend op, Part part)
    {
        Launch[] usual = op.Cut(part, part.Tile);
        double time = Least(op, usual);
        Array.ForEach(usual, launch => launch.Dispose());
        return time;
    }

    private static Found Search(DeviceBackend op, Part part, Tile[] candidates, CancellationToken cancellation)
    {
        Launch[] usual = op.Cut(part, part.Tile);
        float[][] expected = Result(op, part, usual);
        double first = Least(op, usual), best = first;
        Tile taken = part.Tile;
        int wrong = 0;
        foreach (Tile tile in candidates)
        {
            cancellation.ThrowIfCancellationRequested();
            Launch[]? launches = TryCut(op, part, tile);
            if (launches is null || !IsSame(op, part, launches, expected))
            {
                wrong++;
            }
            else if (Least(op, launches, best) is var time && time < best)
            {
                (best, taken) = (time, tile);
            }

            Array.ForEach(launches ?? [], launch => launch.Dispose());
        }

        if (taken != part.Tile)
        {
            // The best of many is partly luck, so it must win once more, turn by turn with the rule's, and by more than chance.
            Launch[] found = op.Cut(part, taken);
            best = double.PositiveInfinity;
            for (int i = 0; i < Turns; i++)
            {
                (first, best) = (Math.Min(first, Least(op, usual)), Math.Min(best, Least(op, found)));
            }

            Array.ForEach(found, launch => launch.Dispose());
            (taken, best) = best < Gain * first ? (taken, best) : (part.Tile, first);
        }

        foreach (View memory in part.Written)
        {
            op.WriteMemory(memory, new float[memory.Length]);
        }

        op.Perform("the end of a search", usual);
        Array.ForEach(usual, launch => launch.Dispose());
        return new Found(taken, first, best, candidates.Length, wrong);
    }

    /// <summary>Null where the device refuses the tile.</summary>
    private static Launch[]? TryCut(DeviceBackend op, Part part, Tile tile)
    {
        try
        {
            return op.Cut(part, tile);
        }
        catch (EmdcException)
        {
            return null;
        }
    }

    /// <summary>What a launch leaves where before there were NaNs: where it writes nothing, in the borders, they stay.</summary>
    private static float[][] Result(DeviceBackend op, Part part, Launch[] launches)
    {
        foreach (View memory in part.Written)
        {
            float[] nothing = new float[memory.Length];
            Array.Fill(nothing, float.NaN);
            op.WriteMemory(memory, nothing);
        }

        op.Perform($"{part.Key.Kernel} of a search", launches);
        return [.. part.Written.Select(op.ReadMemory)];
    }

    /// <summary>Whether a tile writes what is expected, and nowhere else. One whose launch fails does not.</summary>
    private static bool IsSame(DeviceBackend op, Part part, Launch[] launches, float[][] expected)
    {
        try
        {
            return Result(op, part, launches).Zip(expected).All(pair => IsWithin(pair.First, pair.Second));
        }
        catch (EmdcException)
        {
            return false;
        }
    }

    private static bool IsWithin(float[] actual, float[] expected)
    {
        float bound = ValidatingBackend.Bound * expected.Max(v => float.IsNaN(v) ? 0 : Math.Abs(v));
        for (int i = 0; i < actual.Length; i++)
        {
            if (!(Math.Abs(actual[i] - expected[i]) <= bound || (float.IsNaN(actual[i]) && float.IsNaN(expected[i]))))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Milliseconds of a launch: the least of samples that are each long enough for the clock and the wait at their end, for what else the
    /// machine does only adds to them. Of a launch whose first samples all are far above <paramref name="best"/> it is those, for most tiles are slow.
    /// </summary>
    private static double Least(DeviceBackend op, Launch[] launches, double best = double.PositiveInfinity)
    {
        double once = Time(op, launches, 1);
        int times = (int)Math.Clamp(SampleMilliseconds / once, 1, 200);
        Launch[] repeated = op.Repeat(launches, times);
        var samples = new double[once > SampleMilliseconds * 10 ? 3 : Samples];
        for (int i = 0; i < samples.Length; i++)
        {
            samples[i] = Time(op, repeated, times);
            if (i == 1 && Math.Min(samples[0], samples[1]) > 1.5 * best)
            {
                samples = samples[..2];
            }
        }

        if (repeated.Length == 1 && repeated[0] != launches[0])
        {
            repeated[0].Dispose();
        }

        return samples.Min();
    }

    private static double Time(DeviceBackend op, Launch[] launches, int times)
    {
        long start = Stopwatch.GetTimestamp();
        op.Perform("a launch", launches);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds / times;
    }

    private static Tile[] Spread(Tile[] all, int most) =>
        all.Length <= most ? all : [.. Enumerable.Range(0, most).Select(i => all[(int)((long)i * all.Length / most)])];

    private static string Find(KernelDevices devices, string name)
    {
        string? asked = name == "auto" ? devices.Preferred : name;
        return devices.Devices.FirstOrDefault(d => d.Name == asked || d.Name == $"{asked}:0")?.Name ?? throw new EmdcException(
            $"There is no device '{name}' whose tiles can be tuned; present: {string.Join(", ", devices.Devices.Select(d => d.Name))}.");
    }

    /// <summary>Fills all tensors with the values of a frame: a grey ramp, and a spot every 6 pixels.</summary>
    private static void RunFrame(DeviceBackend op, int height, int width)
    {
        byte[] rgb = new byte[3 * height * width];
        float[] sparse = new float[height * width];
        for (int i = 0; i < sparse.Length; i++)
        {
            int row = i / width, column = i % width;
            rgb.AsSpan(3 * i, 3).Fill((byte)((7 * row) + (3 * column)));
            sparse[i] = row % 6 == 3 && column % 6 == 3 ? 1 + ((float)column / width) : 0;
        }

        var frame = new Frame { Height = height, Width = width, Rgb = rgb, Sparse = sparse, Dense = new float[sparse.Length], MaxDepth = 20 };
        op.Run(frame, CancellationToken.None);
    }

    private static int RoundUp(int side) => Tiling.Ceiling(side, EmdcNetwork.Multiple) * EmdcNetwork.Multiple;

    internal static string Text(Tile tile) => tile.Multiple == 1 ? $"{tile.Across}×{tile.Down}×{tile.Splits}" : $"{tile.Across}×{tile.Down}×{tile.Splits} ({tile.Multiple})";

    private readonly record struct Found(Tile Tile, double Default, double Best, int Tried, int Wrong);
}

/// <summary>What a search found.</summary>
/// <param name="Device">What the tiles are kept for.</param>
/// <param name="Path">Where they are kept.</param>
/// <param name="Tiles">The tile of each launch that was searched; the rule's where nothing was faster.</param>
/// <param name="Launches">How many there are to search.</param>
/// <param name="DefaultMilliseconds">Sum of all launches of a frame that were searched, with the rules' tiles.</param>
/// <param name="Milliseconds">The same with the tiles found.</param>
public sealed record TuningResult(
    TunedDevice Device, string Path, IReadOnlyDictionary<TileKey, Tile> Tiles, int Launches, double DefaultMilliseconds, double Milliseconds);
