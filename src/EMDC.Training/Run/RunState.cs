using EMDC.Training.Losses;
using EMDC.Training.Optimiser;

namespace EMDC.Training.Run;

/// <summary>
/// Where a run stands, and all that it needs to go on: <c>resume.state</c>, little-endian. Magic; step, samples, skipped, minutes, best
/// RMAE; whether there are steps of Muon, the optimiser's steps; the balance; then for each parameter name, count, values, m, v, average.
/// </summary>
internal sealed class RunState
{
    private const string Magic = "EMDC run 2";

    public long Step { get; set; }

    /// <summary>Samples seen, which is also the number of the next one.</summary>
    public long Samples { get; set; }

    /// <summary>Batches whose gradient was not finite.</summary>
    public long Skipped { get; set; }

    public double Minutes { get; set; }

    /// <summary>The least validation error so far.</summary>
    public double Best { get; set; } = double.PositiveInfinity;

    public Balance Balance { get; } = new();

    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path, Parameters parameters, AdamW optimiser)
    {
        AtomicFile.Write(path, stream =>
        {
            using var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true);
            writer.Write(Magic);
            writer.Write(Step);
            writer.Write(Samples);
            writer.Write(Skipped);
            writer.Write(Minutes);
            writer.Write(Best);
            writer.Write(optimiser.HasMuon);
            writer.Write(optimiser.Steps);
            writer.Write(Balance.Batches);
            Terms means = Balance.Means;
            foreach (double mean in (ReadOnlySpan<double>)[
                means.Dense, means.Global, means.Local, means.Gradient, means.Negative, means.Measured, means.Logits])
            {
                writer.Write(mean);
            }

            foreach (Parameter p in parameters.All)
            {
                writer.Write(p.Name);
                writer.Write(p.Values.Length);
                foreach (float[] values in Arrays(p))
                {
                    writer.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(values));
                }
            }
        });
    }

    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is no such file, or of another network.</exception>
    public static RunState Load(string path, Parameters parameters, AdamW optimiser)
    {
        try
        {
            using var reader = new BinaryReader(File.OpenRead(path));
            if (reader.ReadString() != Magic)
            {
                throw new InvalidDataException($"{path}: the file does not begin with '{Magic}', so it is no state of a run.");
            }

            var state = new RunState
            {
                Step = reader.ReadInt64(),
                Samples = reader.ReadInt64(),
                Skipped = reader.ReadInt64(),
                Minutes = reader.ReadDouble(),
                Best = reader.ReadDouble(),
            };
            if (reader.ReadBoolean() != optimiser.HasMuon)
            {
                (string was, string asked) = optimiser.HasMuon ? ("adamw", "muon") : ("muon", "adamw");
                throw new InvalidDataException($"{path}: the run's --optimiser is {was}, but {asked} is asked for; what it remembers of the gradients serves no other.");
            }

            optimiser.Steps = reader.ReadInt64();
            state.Balance.Batches = reader.ReadInt64();
            double[] means = [.. Enumerable.Range(0, 7).Select(_ => reader.ReadDouble())];
            state.Balance.Means = new Terms(means[0], means[1], means[2], means[3], means[4], means[5], means[6]);
            foreach (Parameter p in parameters.All)
            {
                (string name, int count) = (reader.ReadString(), reader.ReadInt32());
                if (name != p.Name || count != p.Values.Length)
                {
                    throw new InvalidDataException(
                        $"{path}: the state has {name} with {count} values where the network of --init has {p.Name} with {p.Values.Length}.");
                }

                foreach (float[] values in Arrays(p))
                {
                    reader.BaseStream.ReadExactly(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()));
                }
            }

            return state;
        }
        catch (Exception error) when (error is EndOfStreamException or FormatException)
        {
            throw new InvalidDataException($"{path}: the file is damaged or no state of a run.", error);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FileNotFoundException($"{path}: there is no such file, so there is no run to go on with.", error);
        }
    }

    private static float[][] Arrays(Parameter p) => [p.Values, p.Momentum, p.Square, p.Average];
}
