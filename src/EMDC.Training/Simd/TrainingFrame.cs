using EMDC.Operators;

namespace EMDC.Training;

/// <summary>What the steps of a network read and write outside its planes while they run.</summary>
internal sealed unsafe class TrainingFrame(int height, int width)
{
    private readonly float[][] _maps = [new float[height * width], new float[height * width], new float[height * width]];
    private readonly nint[] _gradients = new nint[3];

    /// <summary>3×H×W.</summary>
    public float* Rgb { get; set; }

    /// <summary>H×W metres.</summary>
    public float* Sparse { get; set; }

    /// <summary>m of <see cref="InputPreparation"/>.</summary>
    public float Maximum { get; set; }

    /// <summary>Σ (log Σ_j exp z_j)² over the pixels and softmaxes so far, and how many these are.</summary>
    public double LogitSum { get; set; }

    public long LogitTerms { get; set; }

    /// <summary>The weight of their mean in what is differentiated.</summary>
    public float LogitPenalty { get; set; }

    /// <summary>Where the weights' gradients are added.</summary>
    public EmdcGradients Into { get; set; } = null!;

    /// <summary>H×W metres, for dense, global and local depth.</summary>
    public float[] Map(OutputMap map) => _maps[(int)map];

    /// <summary>The loss's gradient with respect to <see cref="Map"/>.</summary>
    public float* Gradient(OutputMap map) => (float*)_gradients[(int)map];

    public void Bind(float* dense, float* global, float* local)
    {
        _gradients[(int)OutputMap.Dense] = (nint)dense;
        _gradients[(int)OutputMap.Global] = (nint)global;
        _gradients[(int)OutputMap.Local] = (nint)local;
    }
}
