using System.Diagnostics;
using System.Globalization;
using EMDC.Diagnostics;
using EMDC.Training.Data;
using EMDC.Training.Losses;
using EMDC.Training.Optimiser;

namespace EMDC.Training.Run;

/// <summary>
/// A training run: steps, and every few minutes a validation and a save. Its folder gets
/// <code>
/// best.safetensors   the averaged weights with the least validation error
/// last.safetensors   the averaged weights, also as last.pth
/// resume.state       what --resume goes on from
/// log.csv, log.png   the run's curve
/// </code>
/// </summary>
internal sealed class TrainingRun : IDisposable
{
    private const int LogEverySteps = 25;

    // So many broken batches in a row are no accident.
    private const int MostSkipped = 25;

    private static readonly ValidationError NotMeasured = new(double.NaN, double.NaN);

    private readonly TrainingOptions _options;
    private readonly Action<string> _say;
    private readonly Action<string> _progress;
    private readonly ParallelOptions _threads;
    private readonly Parameters _parameters;
    private readonly AdamW _optimiser;
    private readonly Schedule _schedule;
    private readonly RunState _state;
    private readonly RunLog _log;
    private readonly ISampleSource _source;
    private readonly Validation _validation;
    private readonly BatchStep _step;

    /// <summary>Opens everything that the run needs, so that what is missing is told at once.</summary>
    /// <param name="options">What the user asked for.</param>
    /// <param name="source">The samples to learn from.</param>
    /// <param name="validation">The frames to measure on.</param>
    /// <param name="say">Takes sentences.</param>
    /// <param name="progress">Takes the line that says where the run stands, many times a minute.</param>
    /// <exception cref="EmdcException">The weights do not serve.</exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or the run is longer already.</exception>
    public TrainingRun(
        TrainingOptions options, ISampleSource source, IReadOnlyList<Sample> validation, Action<string> say, Action<string> progress)
    {
        (_options, _source, _say, _progress) = (options, source, say, progress);
        _threads = new ParallelOptions { MaxDegreeOfParallelism = options.ProcessorThreads };
        _parameters = new Parameters(WeightsFiles.Read(options.Init));
        _optimiser = new AdamW(_parameters, options.UsesMuon ? new Muon(_parameters) : null) { Decay = options.Decay, Clip = options.Clip, Average = options.Average };
        _state = options.Resume ? RunState.Load(PathOf("resume.state"), _parameters, _optimiser) : new RunState();
        double length = options.Length + (options.IsMore ? Passed : 0);
        if (Passed >= length)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture, $"{options.Out}: the run has done {Passed:F1} {Unit} already, and {length} are asked for."));
        }

        int warmUp = options.WarmUp ?? (options.IsInSteps ? (int)Math.Min(300, length / 10) : 300);
        _schedule = new Schedule(options.Rate, length, warmUp, options.CoolDown ?? length);

        CheckMemory();
        _validation = new Validation(validation);
        _log = new RunLog(PathOf("log.csv"), _state.Step);
        _step = new BatchStep(_parameters, source, options.Objective, options.Lanes);
    }

    private double Passed => _options.IsInSteps ? _state.Step : _state.Minutes;

    private string Unit => _options.IsInSteps ? "steps" : "minutes";

    /// <summary>Trains to the end, or until it is interrupted; saves in both cases.</summary>
    /// <returns>Whether the run is complete.</returns>
    /// <exception cref="IOException">The result cannot be saved.</exception>
    /// <exception cref="InvalidDataException">The samples, or the network, came to no finite numbers.</exception>
    public bool Go(CancellationToken interrupt)
    {
        _say(string.Create(CultureInfo.InvariantCulture,
            $"{_source.Frames} frames to learn from; {_validation.Frames} to measure on, where {_validation.Baseline}, the best classical method, has a RMAE of {_validation.BaselineError:F4}."));
        var watch = Stopwatch.StartNew();
        double before = _state.Minutes, saved = before;
        var recent = new Recent();
        int skipped = 0;
        if (_state.Step == 0)
        {
            Report(recent, Validate(), 0); // what the run starts from
        }

        while (Passed < _schedule.Length && !interrupt.IsCancellationRequested)
        {
            float rate = _schedule.At(_state.Step, Passed);
            Crop crop = CropOf(_state.Step);
            int count = crop.Samples(_options.Pixels);
            Shares shares = _state.Balance.Shares;
            Terms terms = _step.Run(_options.Seed, _state.Samples, crop, count, shares, _threads);
            long start = Stopwatch.GetTimestamp();
            double norm = _optimiser.Step(rate, _threads);
            _step.Profile.Update += Stopwatch.GetTimestamp() - start;
            _state.Step++;
            _state.Samples += count;
            _state.Minutes = before + watch.Elapsed.TotalMinutes;
            if (double.IsFinite(norm))
            {
                skipped = 0;
                _state.Balance.Add(terms);
                recent.Add(terms, terms.Total(shares, _options.Objective), norm, count);
            }
            else
            {
                _state.Skipped++;
                _say($"Step {_state.Step}: the gradient is not finite, so this batch of samples {_state.Samples - count} to {_state.Samples - 1} changes nothing.");
                if (++skipped == MostSkipped)
                {
                    throw new InvalidDataException(
                        $"{MostSkipped} batches in a row had no finite gradient; the weights of the last save are good, go on from them with a lower --rate.");
                }
            }

            bool due = _state.Minutes - saved >= _options.SaveEvery;
            if (due || _state.Step % LogEverySteps == 0)
            {
                Report(recent, due ? Validate() : NotMeasured, rate);
            }

            if (due)
            {
                TrySave();
                saved = _state.Minutes;
            }

            _progress(Line(recent));
        }

        Report(recent, Validate(), _schedule.At(_state.Step, Passed));
        _state.Minutes = before + watch.Elapsed.TotalMinutes;
        Save();
        bool isComplete = Passed >= _schedule.Length;
        string end = isComplete ? "The run is complete" : "The run was stopped; --resume goes on";
        _say(string.Create(CultureInfo.InvariantCulture,
            $"{end}: {_state.Step} steps, {_state.Samples} samples in {_state.Minutes:F1} minutes, RMAE {LastError.Mean:F4} (median {LastError.Median:F4}), at best {_state.Best:F4} ({_validation.Baseline} {_validation.BaselineError:F4}). {PathOf("best.safetensors")} and last.safetensors have the weights."));
        return isComplete;
    }

    /// <summary>Where the time of <see cref="Go"/> went.</summary>
    public string Profile() => _step.ProfileTable(FmaCeiling.Measure(threads: 1));

    public void Dispose() => _step.Dispose();

    /// <summary>The size of the samples of a step, drawn by its number.</summary>
    private Crop CropOf(long step) => _options.Crops[new Rng(_options.Seed, (ulong)step, 0xC0).Weighted([.. _options.Crops.Select(crop => crop.Share)])];

    private void CheckMemory()
    {
        long parameters = _parameters.All.Sum(p => (long)p.Values.Length);
        long bytes = BatchStep.BytesFor(_options.Crops, _options.ProcessorThreads, _options.Lanes, _parameters.State.Stages, parameters);
        long there = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (bytes > there)
        {
            throw new InvalidDataException(
                $"The run would need {bytes >> 20} MB on {_options.ProcessorThreads} threads, but there are {there >> 20} MB; fewer --threads or smaller --sizes need less.");
        }

        _say($"{_options.ProcessorThreads} threads, about {bytes >> 20} MB.");
    }

    private ValidationError Validate()
    {
        LastError = _validation.Error(_parameters, _options.ProcessorThreads);
        if (LastError.Mean < _state.Best)
        {
            _state.Best = LastError.Mean;
            IsBest = true;
        }

        return LastError;
    }

    private ValidationError LastError { get; set; } = NotMeasured;

    /// <summary>Whether the weights are better than those in best.safetensors.</summary>
    private bool IsBest { get; set; }

    /// <summary>A disk that is full now may not be so in a few minutes; the training is worth more than one save.</summary>
    private void TrySave()
    {
        try
        {
            Save();
        }
        catch (IOException error)
        {
            if (IsBest)
            {
                (_state.Best, IsBest) = (double.PositiveInfinity, false); // the next weights that can be saved are the best there are
            }

            _say($"{error.Message} It is tried again in {_options.SaveEvery} minutes.");
        }
    }

    private void Save()
    {
        var metadata = new Dictionary<string, string>
        {
            ["samples"] = _state.Samples.ToString(CultureInfo.InvariantCulture),
            ["steps"] = _state.Step.ToString(CultureInfo.InvariantCulture),
            ["rmae"] = LastError.Mean.ToString("F5", CultureInfo.InvariantCulture),
        };
        if (IsBest)
        {
            WeightsFiles.WriteSafetensors(PathOf("best.safetensors"), _parameters, metadata);
            IsBest = false;
        }

        WeightsFiles.WriteSafetensors(PathOf("last.safetensors"), _parameters, metadata);
        WeightsFiles.WriteCheckpoint(PathOf("last.pth"), _parameters, _state.Samples);
        _state.Save(PathOf("resume.state"), _parameters, _optimiser);
        _log.Plot(PathOf("log.png"), _validation.Baseline, _validation.BaselineError);
    }

    private void Report(Recent recent, ValidationError rmae, double rate)
    {
        if (recent.Steps == 0 && rmae == NotMeasured)
        {
            return;
        }

        Terms t = recent.Mean;
        _log.Add(new LogLine(
            _state.Minutes, _state.Step, _state.Samples, rate, recent.Loss, t.Dense, t.Global, t.Local, t.Gradient, t.Negative, t.Measured, t.Logits,
            recent.Norm, _parameters["rezero"].Values[0], rmae));
        if (rmae != NotMeasured)
        {
            _say(string.Create(CultureInfo.InvariantCulture,
                $"{_state.Minutes:F1} min, step {_state.Step}: {(recent.Steps == 0 ? "" : $"loss {recent.Loss:F4}, ")}RMAE {rmae.Mean:F4}, median {rmae.Median:F4} ({_validation.Baseline} {_validation.BaselineError:F4})"));
        }

        recent.Clear();
    }

    private string Line(Recent recent)
    {
        double left = _schedule.Length - Passed;
        double perMinute = _options.IsInSteps ? _state.Step / Math.Max(_state.Minutes, 1e-9) : 1;
        return string.Create(CultureInfo.InvariantCulture,
            $"step {_state.Step}  loss {recent.LastLoss:F4}  RMAE {LastError.Mean:F4} ({_validation.Baseline} {_validation.BaselineError:F4})  {recent.SamplesPerSecond:F1} samples/s  {left / perMinute:F0} min left");
    }

    private string PathOf(string name) => Path.Combine(_options.Out, name);

    /// <summary>Sums since the last line of the log.</summary>
    private sealed class Recent
    {
        private readonly Stopwatch _watch = Stopwatch.StartNew();
        private Terms _sum;
        private double _loss, _norm;
        private long _samples;

        public int Steps { get; private set; }

        public double LastLoss { get; private set; } = double.NaN;

        public Terms Mean => Steps == 0 ? new Terms(double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN) : 1.0 / Steps * _sum;

        public double Loss => _loss / Steps;

        public double Norm => _norm / Steps;

        public double SamplesPerSecond { get; private set; }

        public void Add(in Terms terms, double loss, double norm, int samples)
        {
            (_sum, _loss, _norm, _samples) = (_sum + terms, _loss + loss, _norm + norm, _samples + samples);
            Steps++;
            LastLoss = _loss / Steps;
            SamplesPerSecond = _samples / _watch.Elapsed.TotalSeconds;
        }

        public void Clear()
        {
            (_sum, _loss, _norm, _samples, Steps) = (default, 0, 0, 0, 0);
            _watch.Restart();
        }
    }
}
