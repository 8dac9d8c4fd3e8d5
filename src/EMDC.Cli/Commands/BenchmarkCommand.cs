using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Serialization;

namespace EMDC.Cli.Commands;

/// <summary><c>emdc benchmark</c>: how long a frame takes, and how that compares with the machine.</summary>
internal static class BenchmarkCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("benchmark", "Times the network on a synthetic frame.");
        var options = new TimingOptions(isWhole: true);
        options.AddTo(command);
        command.SetAction(parsed => Run(parsed, options, terminal));
        return command;
    }

    private static int Run(ParseResult parsed, TimingOptions options, Terminal terminal)
    {
        using TimedFrame frame = options.Open(parsed, terminal.Interrupt);
        for (int i = 0; i < options.Warmup(parsed); i++)
        {
            frame.Run();
        }

        var times = new double[options.Runs(parsed)];
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        for (int i = 0; i < times.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            frame.Run();
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        double? kernels = frame.KernelMilliseconds();
        Print(frame, new Timing(times, (double)allocated / times.Length, frame.Ceiling()), kernels, options.IsJson(parsed), terminal.Out);
        return CommandLine.Done;
    }

    private static void Print(TimedFrame frame, Timing timing, double? kernels, bool isJson, TextWriter output)
    {
        string device = CompletionLine.Device(frame.Engine.Device);
        double coldStart = frame.SinceProcessStart.TotalMilliseconds;
        double gflops = 2 * frame.Macs / timing.Median / 1e6;
        if (isJson)
        {
            Json.Write(output, new BenchmarkJson(
                device, frame.Threads, frame.Height, frame.Width, Json.Measured(timing.Median), Json.Measured(timing.P99), Json.Measured(timing.Min), Json.Measured(kernels),
                Json.Measured(coldStart), Json.Measured(timing.BytesPerFrame), frame.Macs, Json.Measured(gflops), Json.Measured(timing.Ceiling)));
            return;
        }

        output.WriteLine($"{device}, {frame.Height}×{frame.Width}, {frame.Macs / 1e9:F2} G multiply-adds");
        string digits = kernels is null ? "F2" : "F3";
        output.WriteLine($"  median {timing.Median.ToString(digits)} ms, min {timing.Min.ToString(digits)} ms, p99 {timing.P99.ToString(digits)} ms of {timing.Runs} runs");
        if (kernels is { } alone)
        {
            output.WriteLine($"  {alone:F3} ms of it in kernels, each operator timed by itself");
        }

        string share = timing.Ceiling is { } ceiling ? $", {100 * gflops / ceiling:F0} % of the {ceiling:F0} GFLOP/s of bare multiply-adds" : "";
        output.WriteLine($"  {gflops:F0} GFLOP/s{share}");
        output.WriteLine($"  {coldStart:F0} ms from the start of the process to the first depth, {timing.BytesPerFrame:F0} bytes allocated a frame");
    }

    private sealed class Timing
    {
        private readonly double[] _sorted;

        public Timing(double[] times, double bytesPerFrame, double? ceiling)
        {
            _sorted = [.. times.Order()];
            (BytesPerFrame, Ceiling) = (bytesPerFrame, ceiling);
        }

        public int Runs => _sorted.Length;

        public double Min => _sorted[0];

        public double Median => (_sorted[Runs / 2] + _sorted[(Runs - 1) / 2]) / 2;

        /// <summary>By nearest rank: the smallest time that 99 % of the runs do not exceed.</summary>
        public double P99 => _sorted[(int)Math.Ceiling(0.99 * Runs) - 1];

        public double BytesPerFrame { get; }

        /// <summary>See <see cref="TimedFrame.Ceiling"/>.</summary>
        public double? Ceiling { get; }
    }
}

/// <summary>What <c>benchmark --json</c> prints.</summary>
internal sealed record BenchmarkJson(
    string Device, int? Threads, int Height, int Width, double? MedianMs, double? P99Ms, double? MinMs,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? KernelsMs,
    double? ColdStartMs, double? BytesPerFrame, long Macs, double? Gflops, double? CeilingGflops);
