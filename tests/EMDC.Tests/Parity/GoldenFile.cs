using System.Globalization;
using System.Runtime.InteropServices;
using EMDC.Tests.Reference;
using EMDC.Weights;

namespace EMDC.Tests.Parity;

/// <summary>
/// The stages of one run of PyTorch in float64: whole where they are small, otherwise a subset of elements that
/// tools/train/golden/stages.py describes.
/// </summary>
public sealed class GoldenFile
{
    /// <summary>The engine's bound: error ÷ largest golden value of the stage.</summary>
    public const double EngineBound = 2e-5;

    private readonly string _name;
    private readonly Dictionary<string, GoldenStage> _stages = [];

    private GoldenFile(string name)
    {
        _name = name;
        var file = SafetensorsFile.Read(PathOf($"{name}.safetensors"));
        Stages = file.Metadata["stages"].Split(' ');
        foreach (string stage in Stages)
        {
            if (!file.TryGet(stage, out var tensor) || tensor.DType != DType.F64)
            {
                throw new InvalidDataException($"{name}: stage {stage} is not there in float64.");
            }

            _stages[stage] = GoldenStage.Parse(file.Metadata[stage], MemoryMarshal.Cast<byte, double>(tensor.Data.Span).ToArray());
        }
    }

    /// <summary>The stages in the order in which they are computed.</summary>
    public IReadOnlyList<string> Stages { get; }

    /// <summary>Reads goldens/NAME.safetensors: nine-32x32, nine-64x96, nine-192x256, six-32x32, frame-desk …</summary>
    public static GoldenFile Read(string name) => new(name);

    /// <summary>Where a file of the goldens lies.</summary>
    public static string PathOf(string file) => Path.Combine(AppContext.BaseDirectory, "goldens", file);

    /// <summary>C, H and W of a stage.</summary>
    public (int Channels, int Height, int Width) Shape(string stage) => _stages[stage].Shape;

    /// <summary>max |golden| over the whole stage.</summary>
    public double Largest(string stage) => _stages[stage].Largest;

    /// <summary>Fails unless max |actual − golden| ≤ bound · max |golden| over the elements in the file.</summary>
    /// <param name="stage">Name of the stage.</param>
    /// <param name="actual">The whole stage, C×H×W without padding.</param>
    /// <param name="bound">Relative to the stage's largest value.</param>
    /// <param name="backend">Who computed it, for the message.</param>
    public void Compare(string stage, ReadOnlySpan<float> actual, double bound = EngineBound, string backend = "Simd")
    {
        double[] wide = new double[actual.Length];
        for (int i = 0; i < wide.Length; i++)
        {
            wide[i] = actual[i];
        }

        Compare(stage, wide, bound, backend);
    }

    /// <summary>The same for results in double precision.</summary>
    public void Compare(string stage, double[] actual, double bound, string backend)
    {
        var golden = _stages[stage];
        golden.CheckLength($"{_name} {stage} on {backend}", actual.Length);
        foreach (double value in actual)
        {
            if (!double.IsFinite(value))
            {
                throw new Xunit.Sdk.XunitException(string.Create(CultureInfo.InvariantCulture,
                    $"{_name} {stage} on {backend}, index {Array.IndexOf(actual, value)}: actual {value}, not finite."));
            }
        }

        var (index, error) = golden.Worst(actual);
        double ratio = error / (bound * golden.Largest);
        if (!(ratio <= 1))
        {
            var (c, y, x) = golden.Position(index);
            throw new Xunit.Sdk.XunitException(string.Create(CultureInfo.InvariantCulture,
                $"{_name} {stage} on {backend}, channel {c}, row {y}, column {x}: expected {golden.At(index):G9}, "
                + $"actual {actual[golden.Elements[index]]:G9}, error ÷ bound {ratio:G4}."));
        }
    }

    /// <summary>max |actual − golden| ÷ max |golden| over the elements in the file.</summary>
    public double RelativeError(string stage, Tensor actual) =>
        _stages[stage].Worst(actual.Values).Error / _stages[stage].Largest;
}
