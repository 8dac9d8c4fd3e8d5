using System.Diagnostics;
using EMDC.Network;
using EMDC.Operators;
using EMDC.Weights;
using ILGPU;
using ILGPU.Runtime;

namespace EMDC.Kernels;

/// <summary>
/// Searches the tiles of a device. Every launch of the network whose tile can be chosen runs alone, on what its inputs hold after
/// one frame: first with the rule's tile, then with each other one. A tile whose result differs from the rule's by more than
/// <see cref="ValidatingOperators.Bound"/> of the largest value (or is not finite) is not taken, however fast.
/// </summary>
public static class Tuner
{
    private const int Samples = 7;
    private const double SampleMilliseconds = 2;

    /// <summary>Tunes a device for frames of one size and keeps the result.</summary>
    /// <param name="deviceName">As <see cref="IlgpuDevices.Devices"/> names it; without a number, number 0.</param>
    /// <param name="weights">The network's weights.</param>
    /// <param name="height">Rows of a frame; rounded up as the engine does.</param>
    /// <param name="width">Columns of a frame.</param>
    /// <param name="progress">Hears one line a launch.</param>
    /// <param name="path">The table's file; the default one without it.</param>
    /// <param name="most">Most tiles to try for a launch, spread over all that there are.</param>
    /// <param name="cancellation">Looked at between tiles; a cancelled search keeps nothing.</param>
    /// <exception cref="EmdcException">There is no such device, or the file is not a table or cannot be written.</exception>
    public static TuningResult Run(
        string deviceName, StateDict weights, int height, int width, Action<string>? progress = null, string? path = null,
        int most = int.MaxValue, CancellationToken cancellation = default)
    {
        path ??= TileTable.DefaultPath;
        var table = TileTable.Load(path, out string? note);
        if (note is not null)
        {
            throw new EmdcException($"{path}: this file is there but is no table of tiles; EMDC_TILES names another, or delete it.");
        }

        using IlgpuOperators op = IlgpuDevices.Open(Find(deviceName), null, keepTensors: true);
        var network = new EmdcWeights(weights);
        var (rows, columns) = (RoundUp(height), RoundUp(width));
        EmdcNetwork.Record(op, network, rows, columns);
        RunFrame(op, rows, columns);
        int fewest = op.Tiling.ConvThreads < 32 ? 8 : 32;
        var tiles = new Dictionary<TileKey, Tile>();
        double before = 0, after = 0;
        TiledStep[] steps = [.. op.TiledSteps.DistinctBy(step => step.Key)];
        foreach (TiledStep step in steps)
        {
            Found found = Search(op, step, Spread([.. op.Tiling.Candidates(step.Key, fewest).Where(tile => tile != step.Tile)], most), cancellation);
            tiles.Add(step.Key, found.Tile);
            int launches = op.TiledSteps.Count(other => other.Key == step.Key);
            before += launches * found.Default;
            after += launches * found.Best;
            progress?.Invoke(string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"{tiles.Count}/{steps.Length} {step.Key.Kernel} {step.Key.In}→{step.Key.Out} {step.Key.Height}×{step.Key.Across}: {Text(step.Tile)} {found.Default:F4} ms → {Text(found.Tile)} {found.Best:F4} ms, {found.Tried} tried, {found.Wrong} wrong"));
        }

        table.Add(op.Tuned, tiles);
        table.Save(path);
        return new TuningResult(op.Tuned, path, tiles, before, after);
    }

    private static Found Search(IlgpuOperators op, TiledStep step, Tile[] candidates, CancellationToken cancellation)
    {
        Action usual = step.Cut(step.Tile);
        float[][] expected = Result(op, step, usual);
        double first = Median(op, usual), best = first;
        Tile taken = step.Tile;
        int wrong = 0;
        foreach (Tile tile in candidates)
        {
            cancellation.ThrowIfCancellationRequested();
            Action action = step.Cut(tile);
            if (!IsSame(op, step, action, expected))
            {
                wrong++;
                continue;
            }

            double time = Median(op, action);
            if (time < best)
            {
                (best, taken) = (time, tile);
            }
        }

        op.Perform("the end of a search", () =>
        {
            foreach (ArrayView<float> memory in step.Written)
            {
                memory.CopyFromCPU(new float[memory.Length]);
            }

            usual();
        });
        return new Found(taken, first, best, candidates.Length, wrong);
    }

    /// <summary>What a launch leaves where before there were NaNs: where it writes nothing, in the borders, they stay.</summary>
    private static float[][] Result(IlgpuOperators op, TiledStep step, Action action)
    {
        float[][] values = [.. step.Written.Select(memory => new float[memory.Length])];
        op.Perform($"{step.Key.Kernel} of a search", () =>
        {
            for (int i = 0; i < values.Length; i++)
            {
                Array.Fill(values[i], float.NaN);
                step.Written[i].CopyFromCPU(values[i]);
            }

            action();
            for (int i = 0; i < values.Length; i++)
            {
                step.Written[i].CopyToCPU(values[i]);
            }
        });
        return values;
    }

    /// <summary>Whether a tile writes what is expected, and nowhere else. One that the device refuses does not.</summary>
    private static bool IsSame(IlgpuOperators op, TiledStep step, Action action, float[][] expected)
    {
        float[][] actual;
        try
        {
            actual = Result(op, step, action);
        }
        catch (EmdcException)
        {
            return false;
        }

        return actual.Zip(expected).All(pair => IsWithin(pair.First, pair.Second));
    }

    private static bool IsWithin(float[] actual, float[] expected)
    {
        float bound = ValidatingOperators.Bound * expected.Max(v => float.IsNaN(v) ? 0 : Math.Abs(v));
        for (int i = 0; i < actual.Length; i++)
        {
            if (!(Math.Abs(actual[i] - expected[i]) <= bound || (float.IsNaN(actual[i]) && float.IsNaN(expected[i]))))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Milliseconds of a launch: the median of samples that are each long enough for the clock and the wait at their end.</summary>
    private static double Median(IlgpuOperators op, Action action)
    {
        double once = Time(op, action, 1);
        int launches = (int)Math.Clamp(SampleMilliseconds / once, 1, 200);
        var samples = new double[once > SampleMilliseconds * 10 ? 1 : Samples];
        for (int i = 0; i < samples.Length; i++)
        {
            samples[i] = Time(op, action, launches);
        }

        Array.Sort(samples);
        return samples[samples.Length / 2];
    }

    private static double Time(IlgpuOperators op, Action action, int launches)
    {
        long start = Stopwatch.GetTimestamp();
        op.Perform("a launch", () =>
        {
            for (int i = 0; i < launches; i++)
            {
                action();
            }
        });
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds / launches;
    }

    private static Tile[] Spread(Tile[] all, int most) =>
        all.Length <= most ? all : [.. Enumerable.Range(0, most).Select(i => all[(int)((long)i * all.Length / most)])];

    private static string Find(string name)
    {
        var devices = new IlgpuDevices();
        string? asked = name == "auto" ? devices.Preferred : name;
        return devices.Devices.FirstOrDefault(d => d.Name == asked || d.Name == $"{asked}:0")?.Name ?? throw new EmdcException(
            $"There is no device '{name}' whose tiles can be tuned; present: {string.Join(", ", devices.Devices.Select(d => d.Name))}.");
    }

    /// <summary>Fills all tensors with the values of a frame: a grey ramp, and a spot every 6 pixels.</summary>
    private static void RunFrame(IlgpuOperators op, int height, int width)
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

    private static string Text(Tile tile) => $"{tile.Across}×{tile.Down}×{tile.Splits}";

    private readonly record struct Found(Tile Tile, double Default, double Best, int Tried, int Wrong);
}

/// <summary>What a search found.</summary>
/// <param name="Device">What the tiles are kept for.</param>
/// <param name="Path">Where they are kept.</param>
/// <param name="Tiles">The tile of each launch; the rule's where nothing was faster.</param>
/// <param name="DefaultMilliseconds">Sum of all tiled launches of a frame with the rules' tiles.</param>
/// <param name="Milliseconds">The same with the tiles found.</param>
public sealed record TuningResult(
    TunedDevice Device, string Path, IReadOnlyDictionary<TileKey, Tile> Tiles, double DefaultMilliseconds, double Milliseconds);
