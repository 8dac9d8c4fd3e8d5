using System.Diagnostics;
using System.Globalization;

namespace EMDC.Training.Run;

/// <summary>
/// Where a run's time goes: a line an operator, both directions, and what a step does beside the network. Multiply-adds are counted as
/// direct convolutions, once forwards and twice backwards (input and weights); times are those of threads, so several may pass at once.
/// </summary>
internal sealed class StepProfile
{
    /// <summary>Ticks of drawing samples, on all threads.</summary>
    public long Draw;

    /// <summary>Ticks of the objective and its gradient, on all threads.</summary>
    public long Objective;

    /// <summary>Ticks of folding and packing the weights, on the thread of the run.</summary>
    public long Fold;

    /// <summary>Ticks of summing gradients and handing them back, on the thread of the run.</summary>
    public long Collect;

    /// <summary>Ticks of the optimiser, on the thread of the run.</summary>
    public long Update;

    /// <summary>Samples so far.</summary>
    public long Samples;

    /// <param name="operators">Of all networks that ran, each with the number of samples that its network ran.</param>
    /// <param name="ceiling">GFLOP/s of bare multiply-adds on one thread.</param>
    public string Table(IEnumerable<(TrainedOperator Operator, long Samples)> operators, double ceiling)
    {
        Line[] lines = [.. operators.GroupBy(found => found.Operator.Planned.Operator).Select(group => new Line(
            group.Key,
            group.Sum(found => found.Operator.ForwardTicks),
            group.Sum(found => found.Operator.BackwardTicks),
            group.Sum(found => found.Operator.Planned.Macs * found.Samples))).OrderByDescending(line => line.Forward + line.Backward)];
        var total = new Line("network", lines.Sum(line => line.Forward), lines.Sum(line => line.Backward), lines.Sum(line => line.Macs));
        var text = new System.Text.StringBuilder();
        int names = lines.Max(line => line.Name.Length);
        Add($"milliseconds of a thread a sample, {Samples} samples; the ceiling is {ceiling:F0} GFLOP/s of bare multiply-adds on one thread");
        Add($"{"operator".PadRight(names)}  forward  backward  % ceiling forward  backward");
        foreach (Line line in lines.Append(total))
        {
            Add($"{line.Name.PadRight(names)}  {Milliseconds(line.Forward),7:F2}  {Milliseconds(line.Backward),8:F2}  {Share(line.Macs, line.Forward),17:F0}  {Share(2 * line.Macs, line.Backward),8:F0}");
        }

        Add($"beside it: drawing {Milliseconds(Draw):F2}, objective {Milliseconds(Objective):F2}; for a step as a whole, divided by its samples: folding {Milliseconds(Fold):F2}, summing gradients {Milliseconds(Collect):F2}, optimiser {Milliseconds(Update):F2}");
        return text.ToString().TrimEnd();

        void Add(FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
        double Milliseconds(long ticks) => 1000.0 * ticks / Stopwatch.Frequency / Math.Max(Samples, 1);
        double Share(long macs, long ticks) => ticks == 0 ? 0 : 100 * (2e-9 * macs / ((double)ticks / Stopwatch.Frequency)) / ceiling;
    }

    private sealed record Line(string Name, long Forward, long Backward, long Macs);
}
