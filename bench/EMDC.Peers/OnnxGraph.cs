using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;

namespace EMDC.Peers;

/// <summary>
/// An ONNX graph on ONNX Runtime's CPU provider, batch 1. The folder is what bench/peers/export_onnx.py wrote: GRAPH.onnx, frame.json
/// (shapes, bound), rgb.bin, depth.bin and dense.bin (float32).
/// </summary>
internal static class OnnxGraph
{
    /// <summary>Checks the graph's result, times it and prints one line of JSON.</summary>
    public static int Time(string folder, string graph, string[] options)
    {
        int threads = Number("--threads", 2), warmup = Number("--warmup", 5), runs = Number("--runs", 30);
        bool isProfiled = options.Contains("--profile");
        using JsonDocument about = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "frame.json")));
        int height = about.RootElement.GetProperty("height").GetInt32(), width = about.RootElement.GetProperty("width").GetInt32();
        double bound = about.RootElement.GetProperty("bound").GetDouble();
        using OrtValue rgb = Tensor("rgb.bin", 3), depth = Tensor("depth.bin", 1);
        float[] expected = Floats("dense.bin");

        using var session = new InferenceSession(Path.Combine(folder, $"{graph}.onnx"), Session());
        using var run = new RunOptions();
        string[] names = ["rgb", "depth"], outputs = ["dense"];
        OrtValue[] inputs = [rgb, depth];
        double error;
        using (var results = session.Run(run, names, inputs, outputs))
        {
            error = Difference(results[0].GetTensorDataAsSpan<float>(), expected);
        }

        if (!(error < bound))
        {
            Console.Error.WriteLine($"{graph}.onnx differs from PyTorch in float64 by {error} of the largest depth; {bound} was allowed.");
            return 1;
        }

        var times = new double[runs];
        for (int i = -warmup; i < runs; i++)
        {
            long start = Stopwatch.GetTimestamp();
            using var results = session.Run(run, names, inputs, outputs);
            if (i >= 0)
            {
                times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }
        }

        if (isProfiled)
        {
            Console.Error.WriteLine(session.EndProfiling());
        }

        Array.Sort(times);
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            name = $"ONNX Runtime {OrtEnv.Instance().GetVersionString()} {graph}",
            threads,
            height,
            width,
            median_ms = (times[(runs - 1) / 2] + times[runs / 2]) / 2,
            min_ms = times[0],
            runs,
            error,
        }));
        return 0;

        int Number(string name, int otherwise) =>
            Array.IndexOf(options, name) is >= 0 and var at ? int.Parse(options[at + 1], System.Globalization.CultureInfo.InvariantCulture) : otherwise;

        float[] Floats(string name) => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(folder, name))).ToArray();

        OrtValue Tensor(string name, long channels) => OrtValue.CreateTensorValueFromMemory(Floats(name), [1, channels, height, width]);

        SessionOptions Session()
        {
            var session = new SessionOptions
            {
                GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
                ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
                IntraOpNumThreads = threads,
                InterOpNumThreads = 1,
                EnableProfiling = isProfiled,
                ProfileOutputPathPrefix = Path.Combine(folder, graph),
            };
            // Subnormal numbers as zero: slow on some processors, and they mean nothing here.
            session.AddSessionConfigEntry("session.set_denormal_as_zero", "1");
            return session;
        }
    }

    /// <summary>The largest difference over the largest value; NaN where there is one.</summary>
    private static double Difference(ReadOnlySpan<float> actual, float[] expected)
    {
        double worst = 0, largest = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = Math.Abs((double)actual[i] - expected[i]);
            worst = difference <= worst ? worst : difference;
            largest = Math.Max(largest, Math.Abs(expected[i]));
        }

        return worst / largest;
    }
}
