using System.Globalization;

namespace EMDC.Weights;

/// <summary>
/// The network's parameters by their checkpoint names, complete, of the right shapes and finite. Whether the funnel has nine or
/// six stages is read off the names.
/// </summary>
public sealed class StateDict
{
    private const int Shown = 4;

    private readonly Dictionary<string, float[]> _values = [];
    private readonly Dictionary<string, int[]> _shapes = [];

    /// <summary>Checks and takes tensors that are in memory; the arrays are not copied.</summary>
    /// <param name="tensors">Names as in the checkpoint; ignorable ones are left out of the result.</param>
    /// <param name="source">What the message begins with, for example a file's name.</param>
    /// <param name="allowExtra">Whether unexpected names are left out instead of reported.</param>
    /// <exception cref="EmdcException">Tensors are missing, unexpected, misshapen or not finite; the message has all.</exception>
    public StateDict(
        IEnumerable<(string Name, int[] Shape, float[] Values)> tensors, string source = "state dict", bool allowExtra = false)
        : this(tensors.Select(Candidate.Of), allowExtra, source)
    {
    }

    private StateDict(IEnumerable<Candidate> candidates, bool allowExtra, string source)
    {
        var given = new Dictionary<string, Candidate>();
        foreach (var candidate in candidates.Where(c => !ParameterManifest.IsIgnorable(c.Name)))
        {
            if (!given.TryAdd(candidate.Name, candidate))
            {
                throw new EmdcException($"{source}: '{Names.Show(candidate.Name)}' is there twice.");
            }
        }

        Manifest = Choose(given);
        List<string> missing = [], misshapen = [], infinite = [];
        foreach (var (name, shape) in Manifest.Parameters)
        {
            if (!given.Remove(name, out var candidate))
            {
                missing.Add(name);
            }
            else if (!candidate.Shape.AsSpan().SequenceEqual(shape))
            {
                var (found, needed) = (SafetensorsTensor.Format(candidate.Shape), SafetensorsTensor.Format(shape));
                misshapen.Add($"{name} is {found} and needs {needed}");
            }
            else if (!candidate.Type.IsFloat())
            {
                misshapen.Add($"{name} is of type {candidate.Type} and needs F16, BF16, F32 or F64");
            }
            else
            {
                float[] values = candidate.Values();
                if (!FloatConversion.AllFinite(values))
                {
                    infinite.Add(name);
                }

                _values[name] = values;
                _shapes[name] = shape;
            }
        }

        List<string> unexpected = allowExtra ? [] : [.. given.Keys.Select(Names.Show)];
        if (missing.Count + unexpected.Count + misshapen.Count + infinite.Count > 0)
        {
            throw new EmdcException(Report(source, missing, unexpected, misshapen, infinite));
        }
    }

    /// <summary>The names and shapes that the parameters were checked against.</summary>
    public ParameterManifest Manifest { get; }

    /// <summary>
    /// Coefficients of the uncertainty, five for these parameters; null where nobody fitted any. They are in a file's metadata, so
    /// parameters from elsewhere have none unless they are given here.
    /// </summary>
    /// <exception cref="EmdcException">There are others than five.</exception>
    public IReadOnlyList<float>? Uncertainty
    {
        get;
        init => field = value is null or { Count: UncertaintyCoefficients.Count }
            ? value
            : throw new EmdcException($"The uncertainty has {value.Count} coefficients, but {UncertaintyCoefficients.Count} are needed.");
    }

    /// <summary>Stages of the funnel, 9 or 6.</summary>
    public int Stages => Manifest.Funnel.Count;

    /// <summary>The values of a parameter, row-major. The array is the state dict's own.</summary>
    /// <exception cref="KeyNotFoundException">The manifest has no such name.</exception>
    public float[] this[string name] => _values[name];

    /// <summary>The shape of a parameter.</summary>
    /// <exception cref="KeyNotFoundException">The manifest has no such name.</exception>
    public int[] Shape(string name) => _shapes[name];

    /// <summary>Reads a safetensors file and checks it.</summary>
    /// <exception cref="EmdcException">The file cannot be read or does not fit the network.</exception>
    public static StateDict Load(string path) => From(SafetensorsFile.Read(path), path);

    /// <summary>Checks a file that was read already, and takes its coefficients of the uncertainty.</summary>
    /// <exception cref="EmdcException">The file does not fit the network.</exception>
    public static StateDict From(SafetensorsFile file, string source) =>
        new(Candidates(file.Tensors), false, source) { Uncertainty = UncertaintyCoefficients.Of(file, source) };

    /// <summary>Checks tensors that were read already. Parameters as the constructor's.</summary>
    /// <exception cref="EmdcException">The tensors do not fit the network.</exception>
    public static StateDict From(IEnumerable<SafetensorsTensor> tensors, string source, bool allowExtra = false) =>
        new(Candidates(tensors), allowExtra, source);

    private static IEnumerable<Candidate> Candidates(IEnumerable<SafetensorsTensor> tensors) =>
        tensors.Select(t => new Candidate(t.Name, t.Shape, t.DType, t.ToFloat32));

    // Damaged checkpoints are reported against the funnel they are nearer to, those without one against the published one.
    private static ParameterManifest Choose(Dictionary<string, Candidate> given)
    {
        int Disagreements(ParameterManifest manifest)
        {
            int named = 0;
            int fitting = 0;
            foreach (var (name, shape) in manifest.Parameters)
            {
                if (given.TryGetValue(name, out var candidate))
                {
                    named++;
                    fitting += candidate.Shape.AsSpan().SequenceEqual(shape) ? 1 : 0;
                }
            }

            return manifest.Parameters.Count - fitting + given.Count - named;
        }

        var (nine, six) = (ParameterManifest.NineStages, ParameterManifest.SixStages);
        bool funnel = given.Keys.Any(name => name.StartsWith("guid_conv", StringComparison.Ordinal));
        return funnel && Disagreements(six) < Disagreements(nine) ? six : nine;
    }

    private string Report(
        string source, List<string> missing, List<string> unexpected, List<string> misshapen, List<string> infinite)
    {
        (string Kind, List<string> Items)[] kinds =
            [("missing", missing), ("unexpected", unexpected), ("misshapen", misshapen), ("not finite", infinite)];
        string Line(int from) => string.Join("; ", kinds.Skip(from).Take(2).Where(k => k.Items.Count > 0)
            .Select(k => $"{k.Kind}: {Names.List(k.Items, Shown)}"));
        string counts = string.Join(", ", kinds.Where(k => k.Items.Count > 0)
            .Select(k => string.Create(CultureInfo.InvariantCulture, $"{k.Items.Count} {k.Kind}")));
        string[] lines = [$"{source} does not fit the EMDC network with {Stages} stages: {counts}.", Line(0), Line(2)];
        return string.Join('\n', lines.Where(l => l.Length > 0));
    }

    private readonly record struct Candidate(string Name, int[] Shape, DType Type, Func<float[]> Values)
    {
        public static Candidate Of((string Name, int[] Shape, float[] Values) tensor)
        {
            var (name, shape, values) = tensor;
            return SafetensorsTensor.TryCount(shape, out long count) && count == values.Length
                ? new(name, shape, DType.F32, () => values)
                : throw new ArgumentException($"{name}: {values.Length} values do not fill {SafetensorsTensor.Format(shape)}.");
        }
    }
}
