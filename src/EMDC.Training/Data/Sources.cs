namespace EMDC.Training.Data;

/// <summary>Where samples come from: folders of shards and lists of recordings.</summary>
internal static class Sources
{
    /// <summary>All frames below some folders and in some lists, each as likely as any other; a path named twice counts twice.</summary>
    /// <param name="paths">Folders that hold shards of EMDC.Scenes, at any depth, and list files with lines <c>rgb sparse gt</c>.</param>
    /// <param name="options">How samples differ from the frames.</param>
    /// <param name="note">Gets a sentence for each frame that is skipped.</param>
    /// <exception cref="IOException">A path cannot be read.</exception>
    /// <exception cref="InvalidDataException">A path holds no frames, or something else.</exception>
    public static ISampleSource Open(IEnumerable<string> paths, AugmentationOptions options, Action<string> note) =>
        new RandomCrops(Frames(paths, options.CacheBytes), options, note);

    /// <summary>
    /// Some frames as they are, with their own spots, evenly spread over all paths. Frames are cut at the right and below to multiples of
    /// 32 pixels.
    /// </summary>
    /// <exception cref="IOException">A path or a frame cannot be read.</exception>
    /// <exception cref="InvalidDataException">A path or a frame is damaged.</exception>
    public static IReadOnlyList<Sample> Validation(IEnumerable<string> paths, int frames)
    {
        List<IFrames> all = Frames(paths, 0);
        try
        {
            int count = all.Sum(part => part.Count);
            return [.. Enumerable.Range(0, Math.Min(frames, count)).Select(i => Whole(all, (int)((long)i * count / Math.Min(frames, count))))];
        }
        finally
        {
            all.ForEach(part => part.Dispose());
        }
    }

    private static Sample Whole(List<IFrames> all, int frame)
    {
        int part = 0;
        while (frame >= all[part].Count)
        {
            frame -= all[part++].Count;
        }

        StoredFrame stored = all[part].Read(frame, 0);
        int height = stored.Height / 32 * 32, width = stored.Width / 32 * 32;
        if (height == 0 || width == 0)
        {
            throw new InvalidDataException($"A frame for validation has {stored.Height}×{stored.Width} pixels, but at least 32×32 are needed.");
        }

        var sample = new Sample();
        sample.Resize(height, width);
        Window window = Window.At(0, 0, height, width);
        window.Colours(stored, sample.Rgb, new float[3 * stored.Width]);
        Normalisation.Apply(sample.Rgb, height * width);
        window.Depths(stored, sample.Depth);
        window.Spots(stored, sample.Spots);
        return sample;
    }

    private static List<IFrames> Frames(IEnumerable<string> paths, long room)
    {
        var all = new List<IFrames>();
        foreach (string path in paths)
        {
            if (Directory.Exists(path))
            {
                string[] shards = [.. Shard.Below(path)];
                all.AddRange(shards.Length > 0 ? shards.Select(shard => new Shard(shard)) : throw new InvalidDataException($"{path}: no folder below it has a spots.npy; EMDC.Scenes writes such shards."));
            }
            else
            {
                all.Add(File.Exists(path) ? new Recordings(path, room) : throw new IOException($"{path}: there is no such folder or list."));
            }
        }

        return all.Count > 0 ? all : throw new InvalidDataException("No frames were named, but at least one folder of shards or list is needed.");
    }
}
