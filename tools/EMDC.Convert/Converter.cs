using EMDC.Weights;

namespace EMDC.Convert;

/// <summary>Checkpoint in, safetensors out.</summary>
internal static class Converter
{
    /// <exception cref="EmdcException">The checkpoint cannot be read, or the file not be written.</exception>
    public static void Run(Arguments arguments, TextWriter output)
    {
        var checkpoint = Checkpoint.Read(arguments.Input);
        if (arguments.List)
        {
            List(checkpoint, output);
        }

        if (arguments.Output is not null)
        {
            Convert(checkpoint, arguments, output);
        }
    }

    private static void List(Checkpoint checkpoint, TextWriter output)
    {
        foreach (var tensor in checkpoint.Tensors)
        {
            output.WriteLine($"{tensor.DType,-4} {(tensor.Shape.Length == 0 ? "scalar" : string.Join('x', tensor.Shape)),-14} "
                + $"{tensor.Name}{(ParameterManifest.IsIgnorable(tensor.Name) ? "  (not used)" : "")}");
        }
    }

    private static void Convert(Checkpoint checkpoint, Arguments arguments, TextWriter output)
    {
        var state = StateDict.From(checkpoint.Tensors, arguments.Input, arguments.AllowExtra);
        var tensors = state.Manifest.Parameters
            .Select(p => SafetensorsTensor.From(p.Name, p.Shape, state[p.Name], TypeFor(p.Name, state[p.Name], arguments.Half)))
            .ToList();
        string version = typeof(Converter).Assembly.GetName().Version!.ToString(3);
        SafetensorsWriter.Write(arguments.Output!, tensors, new Dictionary<string, string>
        {
            ["source"] = Path.GetFileName(arguments.Input),
            ["source_sha256"] = checkpoint.Sha256,
            ["tool"] = $"EMDC.Convert {version}",
        });
        string types = arguments.Half ? "float16 (running statistics as float32)" : "float32";
        output.WriteLine($"{arguments.Output}: {tensors.Count} tensors as {types}, {state.Stages} stages, from {arguments.Input}");
        if (arguments.Half
            && tensors.Where(t => t.DType == DType.F32 && !IsStatistic(t.Name)).Select(t => t.Name).ToList() is { Count: > 0 } wide)
        {
            output.WriteLine($"Kept as float32, because float16 ends at 65504: {string.Join(", ", wide)}");
        }
    }

    // A variance is a square: trained ones exceed 65504, and small ones would lose their digits. An overflow would be an infinity,
    // which no engine could load.
    private static DType TypeFor(string name, float[] values, bool half) =>
        half && !IsStatistic(name) && values.All(v => Half.IsFinite((Half)v)) ? DType.F16 : DType.F32;

    private static bool IsStatistic(string name) =>
        name.EndsWith(".running_mean", StringComparison.Ordinal) || name.EndsWith(".running_var", StringComparison.Ordinal);
}
