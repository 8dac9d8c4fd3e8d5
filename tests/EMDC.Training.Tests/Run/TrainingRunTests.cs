using EMDC.Tests.Parity;
using EMDC.Training.Data;
using EMDC.Training.Losses;
using EMDC.Training.Optimiser;
using EMDC.Training.Run;
using EMDC.Weights;

namespace EMDC.Training.Tests.Run;

/// <summary>Whole runs, of some steps.</summary>
public sealed class TrainingRunTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _init;

    public TrainingRunTests()
    {
        _init = _folder["init.safetensors"];
        SafetensorsWriter.Write(_init, GoldenParameters.StateDict(6).Select(p => SafetensorsTensor.From(p.Name, p.Shape, p.Values)));
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_few_steps_on_one_batch_lower_the_loss(bool usesMuon)
    {
        var parameters = new Parameters(new StateDict(GoldenParameters.StateDict(6)));
        var options = new ObjectiveOptions();
        using var step = new BatchStep(parameters, new Walls(), options, 2);
        var optimiser = new AdamW(parameters, usesMuon ? new Muon(parameters) : null);
        var threads = new ParallelOptions { MaxDegreeOfParallelism = 2 };
        var losses = new List<double>();
        for (int i = 0; i < 12; i++)
        {
            losses.Add(step.Run(1, 0, new Crop(32, 64, 1), 2, new Shares(1, 1, 0.1), threads).Dense);
            optimiser.Step(1e-3f, threads);
        }

        Assert.True(losses[^1] < 0.7 * losses[0], string.Join(' ', losses));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_same_seed_gives_the_same_bits_on_one_thread_and_on_two(bool usesMuon)
    {
        Train("one", steps: 4, threads: 1, usesMuon: usesMuon);
        Train("two", steps: 4, threads: 2, usesMuon: usesMuon);
        Assert.Equal(File.ReadAllBytes(_folder["one/last.safetensors"]), File.ReadAllBytes(_folder["two/last.safetensors"]));
        Train("other", steps: 4, threads: 2, seed: 2, usesMuon: usesMuon);
        Assert.NotEqual(File.ReadAllBytes(_folder["one/last.safetensors"]), File.ReadAllBytes(_folder["other/last.safetensors"]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_run_that_goes_on_is_the_run_that_was_never_stopped(bool usesMuon)
    {
        Train("whole", steps: 6, threads: 2, usesMuon: usesMuon);
        using var stop = new CancellationTokenSource();
        var source = new Walls { OnDraw = index => { if (index >= 6) { stop.Cancel(); } } };
        Assert.False(Train("parts", steps: 6, threads: 2, source: source, interrupt: stop.Token, usesMuon: usesMuon));
        Assert.True(Train("parts", steps: 6, threads: 2, resume: true, usesMuon: usesMuon));
        Assert.Equal(File.ReadAllBytes(_folder["whole/last.pth"]), File.ReadAllBytes(_folder["parts/last.pth"]));

        // Nothing is left beside the run's files, and the log has every validation.
        Assert.Equal(
            ["best.safetensors", "last.pth", "last.safetensors", "log.csv", "log.png", "resume.state"],
            Directory.GetFiles(_folder["parts"]).Select(Path.GetFileName).Order());
        string[] log = File.ReadAllLines(_folder["parts/log.csv"]);
        Assert.StartsWith("minutes,step,samples,rate,loss,dense", log[0]);
        Assert.EndsWith(",rmae,rmae_median", log[0]);
        Assert.Equal("6", log[^1].Split(',')[1]);
    }

    [Fact]
    public void A_batch_without_a_finite_gradient_is_reported_and_changes_nothing()
    {
        var said = new List<string>();
        Train("run", steps: 3, threads: 1, source: new Walls { Broken = 3 }, said: said);
        Assert.Contains(said, sentence => sentence.StartsWith("Step 2: the gradient is not finite", StringComparison.Ordinal));
        StateDict.Load(_folder["run/last.safetensors"]); // refuses what is not finite
    }

    [Fact]
    public void A_run_of_broken_batches_ends_with_a_sentence()
    {
        var error = Assert.Throws<InvalidDataException>(() => Train("run", steps: 100, threads: 1, source: new Walls { Broken = 0, AllBroken = true }));
        Assert.StartsWith("25 batches in a row had no finite gradient", error.Message);
    }

    [Fact]
    public void A_run_that_is_long_enough_is_not_gone_on_with()
    {
        Train("run", steps: 2, threads: 1);
        var error = Assert.Throws<InvalidDataException>(() => Train("run", steps: 2, threads: 1, resume: true));
        Assert.Equal($"{_folder["run"]}: the run has done 2.0 steps already, and 2 are asked for.", error.Message);
    }

    [Fact]
    public void A_run_is_made_longer_by_what_is_asked_for()
    {
        Train("run", steps: 2, threads: 1);
        Train("run", steps: 3, threads: 1, resume: true, isMore: true);
        Assert.Equal("5", File.ReadLines(_folder["run/log.csv"]).Last().Split(',')[1]);
    }

    [Fact]
    public void A_state_of_another_network_or_a_damaged_one_is_refused()
    {
        Train("run", steps: 1, threads: 1);
        byte[] state = File.ReadAllBytes(_folder["run/resume.state"]);
        File.WriteAllBytes(_folder["run/resume.state"], state[..^100]);
        Assert.Contains("damaged", Assert.Throws<InvalidDataException>(() => Train("run", steps: 2, threads: 1, resume: true)).Message);
        File.WriteAllBytes(_folder["run/resume.state"], state);
        var nine = new Parameters(new StateDict(GoldenParameters.StateDict(9)));
        Assert.Contains("where the network of --init has", Assert.Throws<InvalidDataException>(() => RunState.Load(_folder["run/resume.state"], nine, new AdamW(nine))).Message);
    }

    [Fact]
    public void A_run_goes_on_with_its_own_optimiser_alone()
    {
        Train("run", steps: 1, threads: 1);
        var error = Assert.Throws<InvalidDataException>(() => Train("run", steps: 2, threads: 1, resume: true, usesMuon: true));
        Assert.StartsWith($"{_folder["run/resume.state"]}: the run's --optimiser is adamw, but muon is asked for", error.Message);
    }

    private bool Train(
        string name, int steps, int threads, ulong seed = 1, bool resume = false, bool isMore = false, Walls? source = null, CancellationToken interrupt = default, List<string>? said = null, bool usesMuon = false)
    {
        Directory.CreateDirectory(_folder[name]);
        var options = new TrainingOptions
        {
            Data = [], Validate = [], Init = _init, Out = _folder[name], Length = steps, IsInSteps = true, IsMore = isMore, WarmUp = 2, Resume = resume, Threads = threads,
            Crops = [new(32, 32, 1), new(32, 64, 1)], Pixels = 3 * 32 * 32, Lanes = 2, Rate = 1e-3, Seed = seed,
            UsesMuon = usesMuon,
        };
        source ??= new Walls();
        var validation = new Sample();
        source.Draw(99, 0, 32, 64, validation);
        using var run = new TrainingRun(options, source, [validation], sentence => said?.Add(sentence), _ => { });
        return run.Go(interrupt);
    }

    /// <summary>A wall before another one, in two colours.</summary>
    private sealed class Walls : ISampleSource
    {
        public int Frames => 1;

        public Action<long> OnDraw { get; init; } = _ => { };

        /// <summary>The sample with a colour that is no number.</summary>
        public long Broken { get; init; } = -1;

        public bool AllBroken { get; init; }

        public void Draw(ulong seed, long index, int height, int width, Sample into)
        {
            if (seed != 99)
            {
                OnDraw(index);
            }

            into.Resize(height, width);
            var rng = new Rng(seed, (ulong)index);
            int edge = rng.Int(width / 4, 3 * width / 4);
            for (int i = 0; i < height * width; i++)
            {
                bool isNear = i % width < edge;
                into.Depth[i] = isNear ? 1 : 2.5f;
                into.Spots[i] = rng.Chance(0.05f) ? into.Depth[i] : 0;
                for (int c = 0; c < 3; c++)
                {
                    into.Rgb[(c * height * width) + i] = (isNear ? 1 : -1) + rng.Range(-0.1f, 0.1f);
                }
            }

            into.Spots[0] = into.Depth[0];
            if (seed != 99 && (AllBroken || index == Broken))
            {
                into.Rgb[5] = float.NaN;
            }
        }

        public void Dispose()
        {
        }
    }
}
