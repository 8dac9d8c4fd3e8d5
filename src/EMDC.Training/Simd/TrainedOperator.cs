using EMDC.Operators;
using EMDC.Simd;

namespace EMDC.Training;

/// <summary>One operator of the network with the steps of both directions.</summary>
/// <param name="planned">Name, layer, shape and cost, as for a profile.</param>
/// <param name="forward">What the forward pass runs.</param>
/// <param name="backward">
/// Makes the steps of the backward pass. Called from the network's last operator to its first, when it is known which gradients
/// later operators have begun and which this one begins.
/// </param>
internal sealed class TrainedOperator(PlannedOperator planned, Step[] forward, Func<List<Step>> backward)
{
    private Step[] _backward = [];

    public PlannedOperator Planned => planned;

    /// <summary>Time so far, in <see cref="System.Diagnostics.Stopwatch"/> ticks.</summary>
    public long ForwardTicks { get; set; }

    /// <summary>Time so far, in <see cref="System.Diagnostics.Stopwatch"/> ticks.</summary>
    public long BackwardTicks { get; set; }

    public void RecordBackward() => _backward = [.. backward()];

    public void Forward() => Run(forward);

    public void Backward() => Run(_backward);

    private static void Run(Step[] steps)
    {
        foreach (Step step in steps)
        {
            for (int task = 0, tasks = step.Tasks; task < tasks; task++)
            {
                step.Execute(task, worker: 0);
            }
        }
    }
}
