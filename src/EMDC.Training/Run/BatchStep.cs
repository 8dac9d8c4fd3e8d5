using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using EMDC.Training.Data;
using EMDC.Training.Losses;
using EMDC.Training.Optimiser;

namespace EMDC.Training.Run;

/// <summary>
/// The gradient of a batch. Samples go side by side, one a thread, from drawing to backward pass. Sample i adds its gradients to lane
/// i mod <see cref="Lanes"/>, a lane's samples one after another; lanes are then summed in their order. So the sum has the same bits
/// whatever the number of threads.
/// </summary>
internal sealed class BatchStep : IDisposable
{
    private readonly Parameters _parameters;
    private readonly TrainingWeights _weights;
    private readonly ISampleSource _source;
    private readonly ObjectiveOptions _options;
    private readonly EmdcGradients[] _lanes;
    private readonly ConcurrentDictionary<(int Height, int Width), ConcurrentBag<Worker>> _idle = [];

    public BatchStep(Parameters parameters, ISampleSource source, ObjectiveOptions options, int lanes)
    {
        (_parameters, _source, _options) = (parameters, source, options);
        _weights = new TrainingWeights(parameters.Weights);
        _lanes = [.. Enumerable.Range(0, lanes).Select(_ => new EmdcGradients(parameters.Weights))];
    }

    public int Lanes => _lanes.Length;

    public StepProfile Profile { get; } = new();

    /// <summary>Bytes that a run allocates: a network of each size for every thread, and what belongs to the parameters.</summary>
    public static long BytesFor(IEnumerable<Crop> crops, int threads, int lanes, int stages, long parameters) =>
        (threads * crops.Sum(crop => TrainingNetwork.BytesFor(crop.Height, crop.Width, stages) + (12L * sizeof(float) * crop.Height * crop.Width)))
        + ((lanes + 9) * sizeof(float) * parameters);

    /// <summary>Leaves the gradient of the mean objective in the parameters.</summary>
    /// <param name="seed">Of the run.</param>
    /// <param name="first">Number of the batch's first sample in the run.</param>
    /// <param name="crop">The samples' size.</param>
    /// <param name="count">Samples.</param>
    /// <param name="shares">λ.</param>
    /// <param name="threads">How many threads.</param>
    /// <returns>The means of the objective's terms.</returns>
    public Terms Run(ulong seed, long first, Crop crop, int count, Shares shares, ParallelOptions threads)
    {
        long start = Stopwatch.GetTimestamp();
        _parameters.Fold();
        _weights.Refresh();
        Profile.Fold += Stopwatch.GetTimestamp() - start;
        int lanes = Math.Min(Lanes, count);
        var terms = new Terms[count];
        ConcurrentBag<Worker> idle = _idle.GetOrAdd((crop.Height, crop.Width), _ => []);
        try
        {
            Parallel.For(0, lanes, threads, lane =>
            {
                Worker worker = idle.TryTake(out Worker? found) ? found : new Worker(_weights, _options, crop);
                _lanes[lane].Clear();
                for (int i = lane; i < count; i += lanes)
                {
                    long begun = Stopwatch.GetTimestamp();
                    _source.Draw(seed, first + i, crop.Height, crop.Width, worker.Sample);
                    Interlocked.Add(ref Profile.Draw, Stopwatch.GetTimestamp() - begun);
                    terms[i] = worker.Run(shares, _lanes[lane], Profile);
                }

                idle.Add(worker);
            });
        }
        catch (AggregateException failure)
        {
            ExceptionDispatchInfo.Throw(failure.InnerExceptions[0]);
        }

        start = Stopwatch.GetTimestamp();
        _parameters.Collect(_lanes.AsSpan(0, lanes), 1f / count, threads);
        Profile.Collect += Stopwatch.GetTimestamp() - start;
        Profile.Samples += count;
        Terms sum = default;
        foreach (Terms sample in terms)
        {
            sum += sample;
        }

        return 1.0 / count * sum;
    }

    /// <summary>Where the time went so far.</summary>
    public string ProfileTable(double ceiling) => Profile.Table(
        _idle.Values.SelectMany(workers => workers).SelectMany(worker => worker.Operators.Select(op => (op, worker.Samples))), ceiling);

    public void Dispose()
    {
        foreach (Worker worker in _idle.Values.SelectMany(workers => workers))
        {
            worker.Dispose();
        }

        _weights.Dispose();
    }

    /// <summary>What a thread needs for samples of one size.</summary>
    private sealed class Worker(TrainingWeights weights, ObjectiveOptions options, Crop crop) : IDisposable
    {
        private readonly TrainingNetwork _network = new(weights, crop.Height, crop.Width);
        private readonly Objective _objective = new(options);
        private readonly float[] _dDense = new float[crop.Height * crop.Width];
        private readonly float[] _dGlobal = new float[crop.Height * crop.Width];
        private readonly float[] _dLocal = new float[crop.Height * crop.Width];

        public Sample Sample { get; } = new();

        public IReadOnlyList<TrainedOperator> Operators => _network.Operators;

        /// <summary>How many it has run.</summary>
        public long Samples { get; private set; }

        public Terms Run(in Shares shares, EmdcGradients into, StepProfile profile)
        {
            Samples++;
            _network.Forward(Sample.Rgb, Sample.Spots);
            long start = Stopwatch.GetTimestamp();
            Terms terms = _objective.Evaluate(
                Sample, _network.Dense, _network.Global, _network.Local, shares, _dDense, _dGlobal, _dLocal);
            Interlocked.Add(ref profile.Objective, Stopwatch.GetTimestamp() - start);
            _network.Backward(_dDense, _dGlobal, _dLocal, options.Logits, into);
            return terms with { Logits = _network.LogitLoss };
        }

        public void Dispose() => _network.Dispose();
    }
}
