using EMDC.Training.Data;
using EMDC.Training.Losses;

namespace EMDC.Training.Run;

/// <summary>A run as its user asked for it. Defaults with their reasons.</summary>
internal sealed record TrainingOptions
{
    /// <summary>Folders of shards and lists to learn from.</summary>
    public required IReadOnlyList<string> Data { get; init; }

    /// <summary>Folders of shards and lists to measure on.</summary>
    public required IReadOnlyList<string> Validate { get; init; }

    /// <summary>How many frames of them, evenly spread: enough to tell 2 % apart, and a few seconds each time.</summary>
    public int ValidationFrames { get; init; } = 32;

    /// <summary>The weights to start from.</summary>
    public required string Init { get; init; }

    /// <summary>The run's folder.</summary>
    public required string Out { get; init; }

    /// <summary>Length of the run in <see cref="IsInSteps"/>'s unit, all its parts together.</summary>
    public required double Length { get; init; }

    /// <summary>Whether <see cref="Length"/> is counted from where the run stands.</summary>
    public bool IsMore { get; init; }

    /// <summary>Whether lengths are counted in steps, which makes a run the same bits every time, or in minutes.</summary>
    public bool IsInSteps { get; init; }

    /// <summary>Steps. Null: 300, and a tenth of a run that is counted in steps at most; weights that were trained before lose what they
    /// can if the first steps are large.</summary>
    public int? WarmUp { get; init; }

    /// <summary>Null: the whole run.</summary>
    public double? CoolDown { get; init; }

    /// <summary>Goes on with the run in <see cref="Out"/>.</summary>
    public bool Resume { get; init; }

    /// <summary>0: all processors.</summary>
    public int Threads { get; init; }

    /// <summary>Small crops make many different samples a second, large ones show whole rooms; most of the time goes to neither.</summary>
    public IReadOnlyList<Crop> Crops { get; init; } = [new(96, 128, 2), new(128, 192, 1), new(192, 256, 1)];

    /// <summary>Of a batch, all its samples together: 8 of 96×128.</summary>
    public int Pixels { get; init; } = 8 * 96 * 128;

    /// <summary>Gradients that are summed on their own (21 MB each). At least the number of threads, or some idle.</summary>
    public int Lanes { get; init; } = 4;

    /// <summary>The largest learning rate. Above 5e-4 trained funnels came to be one-hot with such small batches.</summary>
    public double Rate { get; init; } = 2.5e-4;

    /// <summary>Whether dense convolutions take <see cref="Optimiser.Muon"/>'s steps, or all parameters AdamW's: with the same samples it came
    /// to smaller errors, for a tenth more time.</summary>
    public bool UsesMuon { get; init; } = true;

    public float Decay { get; init; } = 0.01f;

    public float Clip { get; init; } = 1;

    public float Average { get; init; } = 0.998f;

    public ulong Seed { get; init; } = 1;

    public ObjectiveOptions Objective { get; init; } = new();

    public AugmentationOptions Augmentation { get; init; } = new();

    /// <summary>Minutes between two validations, after each of which the run is saved: what a crash costs at most.</summary>
    public double SaveEvery { get; init; } = 5;

    public int ProcessorThreads => Threads == 0 ? Environment.ProcessorCount : Threads;
}
