using System.CommandLine;
using EMDC.Kernels;
using EMDC.Weights;

namespace EMDC.Cli.Commands;

/// <summary><c>emdc tune</c>: searches the tile sizes of a device's kernels.</summary>
internal static class TuneCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("tune", "Searches the tile sizes of a GPU's kernels and keeps them for that device and driver.");
        var engine = new EngineOptions();
        Option<(int Height, int Width)?> size = EngineOptions.Size("The frames' size; 192x256 without it. Other sizes keep the usual tiles.");
        Option<int> most = EngineOptions.Count("--most", 1, 1_000_000, 1_000_000, "Most tiles to try for a kernel and shape.");
        Option<int> seconds = EngineOptions.Count("--seconds", 1, 1_000_000, 1_000_000, "After so long no other kernel and shape is searched; those that take most of a frame come first.");
        command.Options.Add(size);
        var explain = new Option<bool>("--explain") { Description = "Searches nothing, but says how a frame's launches are cut for a GPU that need not be here, and about how long they take." };
        Option<int> multiprocessors = EngineOptions.Count("--multiprocessors", 1, 1024, 132, "Multiprocessors of that GPU; an H100's 132 without it.");
        command.Options.Add(explain);
        command.Options.Add(multiprocessors);
        command.Options.Add(most);
        command.Options.Add(seconds);
        engine.AddTo(command, runsFrames: false);
        command.SetAction(parsed =>
        {
            var (height, width) = parsed.GetValue(size) ?? (192, 256);
            if (parsed.GetValue(explain))
            {
                TimeModel.Explain(StateDict.Load(engine.Weights(parsed)), height, width, parsed.GetValue(multiprocessors), terminal.Out.WriteLine);
                return CommandLine.Done;
            }

            TuningResult result = Tuner.Run(
                engine.Engine(parsed).Device, StateDict.Load(engine.Weights(parsed)), height, width, terminal.Error.WriteLine,
                most: parsed.GetValue(most), seconds: parsed.GetResult(seconds) is null ? double.PositiveInfinity : parsed.GetValue(seconds), cancellation: terminal.Interrupt);
            terminal.Out.WriteLine(string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"{result.Device.Name} ({result.Device.Driver}): {result.Tiles.Count} tiles of {result.Launches} kept in {result.Path}; their launches take {result.Milliseconds:F3} ms a frame instead of {result.DefaultMilliseconds:F3} ms."));
            return CommandLine.Done;
        });
        return command;
    }
}
