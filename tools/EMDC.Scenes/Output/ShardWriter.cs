using System.Runtime.InteropServices;

namespace EMDC.Scenes.Output;

/// <summary>
/// Writes a shard: a folder of <c>rgb.npy</c> (uint8, N×H×W×3), <c>depth.npy</c> (uint16, N×H×W), <c>spots.npy</c> (uint16, N×K×H×W) and
/// <c>shard.json</c>. N counts frames, or the samples that are drawn from them. It is written under a temporary name and renamed when all
/// of it is there.
/// </summary>
internal sealed class ShardWriter(ShardPlan plan, string folder)
{
    private string Temporary => Path.Combine(Path.GetDirectoryName(folder)!, $".{Path.GetFileName(folder)}.partial");

    /// <summary>Whether the shard is there, whole and as planned.</summary>
    /// <exception cref="IOException">There is one, but of another plan.</exception>
    public bool IsDone()
    {
        string json = Path.Combine(folder, "shard.json");
        if (!Directory.Exists(folder) && !File.Exists(folder))
        {
            return false;
        }

        if (!File.Exists(json))
        {
            throw new IOException($"{folder}: this is no shard (it has no shard.json), but one is to be written there.");
        }

        return File.ReadAllText(json) == plan.Json()
            ? true
            : throw new IOException($"{folder}: the shard there was made with other options or another version; choose another folder or remove it.");
    }

    /// <param name="threads">How many frames are rendered at once.</param>
    /// <param name="interrupt">Ends the work; nothing is left of the shard then.</param>
    public void Write(int threads, CancellationToken interrupt)
    {
        string temporary = Temporary;
        Remove(temporary);
        try
        {
            Directory.CreateDirectory(temporary);
            WriteFiles(temporary, threads, interrupt);
            File.WriteAllText(Path.Combine(temporary, "shard.json"), plan.Json());
            Directory.Move(temporary, folder);
        }
        finally
        {
            Remove(temporary);
        }
    }

    /// <summary>Removes what a broken-off run has left.</summary>
    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private void WriteFiles(string into, int threads, CancellationToken interrupt)
    {
        (int height, int width, int draws) = plan.Samples is { } samples ? (samples.Height, samples.Width, 1) : (plan.Height, plan.Width, plan.Draws);
        using var rgb = new NpyWriter(Path.Combine(into, "rgb.npy"), "|u1", plan.Entries, height, width, 3);
        using var depth = new NpyWriter(Path.Combine(into, "depth.npy"), "<u2", plan.Entries, height, width);
        using var spots = new NpyWriter(Path.Combine(into, "spots.npy"), "<u2", plan.Entries, draws, height, width);
        if (plan.Samples is null)
        {
            Workers.ForEach(plan.Frames, threads, () => new FrameBytes(plan), (bytes, i) =>
            {
                bytes.Render(plan.First + i);
                Write(i, bytes.Rgb, bytes.Depth, bytes.Spots);
            }, interrupt);
            return;
        }

        using var source = new RandomCrops([new RenderedFrames(plan, threads, interrupt)], plan.Samples.Options, _ => { });
        Workers.ForEach(plan.Entries, threads, () => new SampleBytes(plan.Samples, source, plan.Seed), (bytes, i) =>
        {
            bytes.Draw(plan.First * plan.Samples.Count + i);
            Write(i, bytes.Rgb, bytes.Depth, bytes.Spots);
        }, interrupt);

        void Write(int i, byte[] colours, ushort[] metres, ushort[] measured)
        {
            rgb.Write(i, colours);
            depth.Write(i, MemoryMarshal.AsBytes<ushort>(metres));
            spots.Write(i, MemoryMarshal.AsBytes<ushort>(measured));
        }
    }
}
