using EMDC.Weights;

namespace EMDC.Cli.Tests;

/// <summary>Weights files made of constants.</summary>
internal static class TestWeights
{
    /// <summary>All parameters of the network, each value <paramref name="scale"/>, variances 1.</summary>
    public static string Write(string path, float scale, ParameterManifest? manifest = null, Func<string, bool>? isKept = null)
    {
        SafetensorsWriter.Write(path, (manifest ?? ParameterManifest.NineStages).Parameters.Where(p => isKept?.Invoke(p.Name) ?? true).Select(p =>
        {
            var values = new float[p.Shape.Aggregate(1, (product, size) => product * size)];
            values.AsSpan().Fill(p.Name.EndsWith("running_var", StringComparison.Ordinal) ? 1 : scale);
            return SafetensorsTensor.From(p.Name, p.Shape, values);
        }));
        return path;
    }
}
