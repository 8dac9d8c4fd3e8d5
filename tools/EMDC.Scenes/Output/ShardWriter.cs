using System.Runtime.InteropServices;

namespace EMDC.Scenes.Output;

/// <summary>
/// Writes a shard: a folder of <c>rgb.npy</c> (uint8, N×H×W×3), <c>depth.npy</c> (uint16, N×H×W), <c>spots.npy</c> (uint16, N×K×H×W) and
/// <c>shard.json</c>. It is written under a temporary name and renamed when all of it is there.
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
        using var rgb = new NpyWriter(Path.Combine(into, "rgb.npy"), "|u1", plan.Frames, plan.Height, plan.Width, 3);
        using var depth = new NpyWriter(Path.Combine(into, "depth.npy"), "<u2", plan.Frames, plan.Height, plan.Width);
        using var spots = new NpyWriter(Path.Combine(into, "spots.npy"), "<u2", plan.Frames, plan.Draws, plan.Height, plan.Width);
        Workers.ForEach(plan.Frames, threads, () => new FrameBytes(plan), (bytes, i) =>
        {
            bytes.Render(plan.First + i);
            rgb.Write(i, bytes.Rgb);
            depth.Write(i, MemoryMarshal.AsBytes<ushort>(bytes.Depth));
            spots.Write(i, MemoryMarshal.AsBytes<ushort>(bytes.Spots));
        }, interrupt);
    }
}
