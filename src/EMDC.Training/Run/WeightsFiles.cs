using EMDC.Checkpoints;
using EMDC.Training.Optimiser;
using EMDC.Weights;

namespace EMDC.Training.Run;

/// <summary>Weights as files: those to start from, and the averaged ones of a run.</summary>
internal static class WeightsFiles
{
    /// <summary>Reads safetensors or, by any other name, a checkpoint of PyTorch.</summary>
    /// <exception cref="EmdcException">The file cannot be read or does not fit the network.</exception>
    public static StateDict Read(string path) => Path.GetExtension(path).Equals(".safetensors", StringComparison.OrdinalIgnoreCase)
        ? StateDict.Load(path)
        : StateDict.From(Checkpoint.Read(path).Tensors, path);

    /// <summary>All parameters of the network: trained ones as their averages, running statistics as they are.</summary>
    public static IEnumerable<(string Name, int[] Shape, float[] Values)> Averages(Parameters parameters) =>
        parameters.State.Manifest.Parameters.Select(p =>
            (p.Name, p.Shape, Parameters.IsStatistic(p.Name) ? parameters.State[p.Name] : parameters[p.Name].Average));

    /// <summary>As safetensors of 32 bits.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void WriteSafetensors(string path, Parameters parameters, IReadOnlyDictionary<string, string> metadata) => AtomicFile.Write(path, stream =>
        SafetensorsWriter.Write(stream, Averages(parameters).Select(p => SafetensorsTensor.From(p.Name, p.Shape, p.Values)), metadata));

    /// <summary>As a checkpoint of PyTorch.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void WriteCheckpoint(string path, Parameters parameters, long samples) => AtomicFile.Write(path, stream =>
        CheckpointWriter.Write(stream, Averages(parameters), samples));
}
