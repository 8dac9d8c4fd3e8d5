using System.Globalization;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using EMDC.Diagnostics;
using EMDC.Network;
using EMDC.Operators;

namespace EMDC.Bench;

/// <summary>
/// Every operator of the network at 192×256 with its real input: the frame is run once up to it, then it alone is timed.
/// Before anything is timed, the frame's result is compared with the scalar backend's.
/// </summary>
[Config(typeof(Columns))]
public class OperatorBenchmarks
{
    internal const int Height = 192, Width = 256;

    private IBackend _operators = null!;
    private int _index;

    public static IEnumerable<string> Layers()
    {
        using IBackend operators = Open("auto", out _);
        return [.. operators.Plan.Select(p => p.Layer.Length > 0 ? p.Layer : p.Operator + p.Shape).Distinct()];
    }

    [ParamsSource(nameof(Layers))]
    public string Layer { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        float[] expected = Run("scalar", out IBackend scalar);
        scalar.Dispose();
        float[] actual = Run("auto", out _operators);
        float largest = expected.Max(), worst = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            worst = Math.Max(worst, Math.Abs(expected[i] - actual[i]));
        }

        if (!(worst <= 2e-5f * largest))
        {
            throw new InvalidOperationException($"The result is {worst / largest:g2} of its largest value off the scalar backend's; 2e-5 is allowed.");
        }

        _index = Find(_operators, Layer);
    }

    [Benchmark]
    public void Operator() => _operators.RunOperator(_index);

    [GlobalCleanup]
    public void Cleanup() => _operators.Dispose();

    internal static int Find(IBackend operators, string layer) =>
        operators.Plan.ToList().FindIndex(p => p.Layer == layer || p.Operator + p.Shape == layer);

    internal static IBackend Open(string simd, out EmdcWeights weights)
    {
        weights = new EmdcWeights(BenchWeights.Load());
        IBackend operators = Devices.Open(new EmdcOptions { Simd = simd }, keepTensors: true);
        EmdcNetwork.Record(operators, weights, Height, Width);
        return operators;
    }

    private static float[] Run(string simd, out IBackend operators)
    {
        operators = Open(simd, out _);
        var dense = new float[Height * Width];
        BenchWeights.Frame(Height, Width, out byte[] rgb, out float[] sparse);
        operators.Run(new Frame { Height = Height, Width = Width, Rgb = rgb, Sparse = sparse, Dense = dense, MaxDepth = 20 }, default);
        return dense;
    }

    private sealed class Columns : ManualConfig
    {
        public Columns() => AddColumn(new Rate("GFLOP/s", (p, s) => 2 * p.Macs / s / 1e9), new Rate("GB/s", (p, s) => p.Bytes / s / 1e9),
            new Rate("% ceiling", (p, s) => 100 * 2 * p.Macs / s / 1e9 / Ceiling.Value));

        private static readonly Lazy<double> Ceiling = new(() => FmaCeiling.Measure());
    }

    /// <summary>A column made of an operator's cost and the mean time.</summary>
    private sealed class Rate(string name, Func<PlannedOperator, double, double> rate) : IColumn
    {
        private static readonly Lazy<IReadOnlyList<PlannedOperator>> Plan = new(() =>
        {
            using IBackend operators = Open("auto", out _);
            return [.. operators.Plan];
        });

        public string Id => name;

        public string ColumnName => name;

        public bool AlwaysShow => true;

        public ColumnCategory Category => ColumnCategory.Custom;

        public int PriorityInCategory => 0;

        public bool IsNumeric => true;

        public UnitType UnitType => UnitType.Dimensionless;

        public string Legend => name;

        public bool IsAvailable(Summary summary) => true;

        public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

        public string GetValue(Summary summary, BenchmarkCase benchmarkCase) => GetValue(summary, benchmarkCase, summary.Style);

        public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style)
        {
            string layer = (string)benchmarkCase.Parameters[nameof(Layer)];
            PlannedOperator? op = Plan.Value.FirstOrDefault(p => p.Layer == layer || p.Operator + p.Shape == layer);
            double? mean = summary[benchmarkCase]?.ResultStatistics?.Mean;
            return op is null || mean is null ? "-" : rate(op, mean.Value / 1e9).ToString("F1", CultureInfo.InvariantCulture);
        }
    }
}
