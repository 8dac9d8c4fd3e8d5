using System.CommandLine;
using System.Diagnostics;
using EMDC.Scenes.Output;
using EMDC.Scenes.Photographs;
using EMDC.Scenes.World;

namespace EMDC.Scenes.Commands;

/// <summary><c>shards</c>: frames for training as arrays that numpy can map into memory.</summary>
internal sealed class ShardsCommand
{
    private readonly Terminal _terminal;
    private readonly Options _options = new();
    private readonly Option<int> _draws = Options.Count("--draws", 1, 64, 1, "Independent draws of the depth sensor for each frame.");
    private readonly Option<int> _perShard = Options.Count("--per-shard", 1, 100_000, 1000, "Frames in a shard.");

    private readonly Option<int> _samples = Options.Count("--samples", 0, 1000, 0, "Writes so many samples for each frame in place of the frames, as emdc train draws them: parts of frames, other colours, random sensors.");
    private readonly Option<(int Height, int Width)?> _sampleSize = Options.Sides("--sample-size", "Size of the samples; 192x256 without it.");
    private readonly Option<float> _flatten = Options.Share("--flatten", AugmentationOptions.Usual.FlattenChance, "Share of the samples with a flatter relief.");
    private readonly Option<float> _ownSpots = Options.Share("--own-spots", AugmentationOptions.Usual.UsualChance * AugmentationOptions.Usual.OwnSpotsChance, "Share of the samples that keep the spots of their frame.");

    private ShardsCommand(Terminal terminal) => _terminal = terminal;

    public static Command Create(Terminal terminal) => new ShardsCommand(terminal).Command();

    private Command Command()
    {
        var command = new Command("shards", "Writes frames for training: DIR/00000/rgb.npy, depth.npy, spots.npy and shard.json, and so on. Finished shards are kept when it is run again.");
        _options.AddTo(command);
        command.Options.Add(_draws);
        command.Options.Add(_perShard);
        command.Options.Add(_samples);
        command.Options.Add(_sampleSize);
        command.Options.Add(_flatten);
        command.Options.Add(_ownSpots);
        command.SetAction(Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string folder = Path.GetFullPath(parsed.GetValue(_options.Out)!);
        (int height, int width) = parsed.GetValue(_options.Size) ?? Options.UsualSize;
        int frames = parsed.GetValue(_options.Frames), perShard = parsed.GetValue(_perShard), threads = parsed.GetValue(_options.Threads);
        PhotoLibrary? photographs = parsed.GetValue(_options.Photographs) is { } photos ? PhotoLibrary.Read(photos) : null;
        var all = new ShardPlan(parsed.GetValue(_options.Family) ?? Family.Train, parsed.GetValue(_options.Seed), 0, frames, parsed.GetValue(_draws), height, width) { Photographs = photographs, Samples = Samples(parsed) };
        OutputFolder.Make(folder);
        if (parsed.GetValue(_options.Sheet) is { } sheet)
        {
            Sheet.Write(sheet, new FrameSet(all.Family, all.Seed, frames, height, width) { Photographs = photographs });
        }

        int shards = (frames + perShard - 1) / perShard;
        for (int shard = 0; shard < shards; shard++)
        {
            ShardPlan plan = all with { First = (long)shard * perShard, Frames = Math.Min(perShard, frames - shard * perShard) };
            var writer = new ShardWriter(plan, Path.Combine(folder, $"{shard:00000}"));
            if (writer.IsDone())
            {
                _terminal.Out.WriteLine($"{shard:00000}: there already");
                continue;
            }

            var watch = Stopwatch.StartNew();
            writer.Write(threads, _terminal.Interrupt);
            _terminal.Out.WriteLine($"{shard:00000}: {plan.Entries} {(plan.Samples is null ? "frames" : "samples")}, {plan.Entries / watch.Elapsed.TotalSeconds:0.0} a second");
        }

        return CommandLine.Done;
    }

    private SamplePlan? Samples(ParseResult parsed)
    {
        int count = parsed.GetValue(_samples);
        (int height, int width) = parsed.GetValue(_sampleSize) ?? Options.UsualSize;
        return count == 0 ? null : new SamplePlan(count, height, width, (AugmentationOptions.Usual with
        {
            FlattenChance = parsed.GetValue(_flatten),
            Farthest = SamplePlan.Farthest,
        }).WithOwnSpots(parsed.GetValue(_ownSpots)));
    }
}
