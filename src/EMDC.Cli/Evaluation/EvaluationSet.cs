using EMDC.Imaging;

namespace EMDC.Cli.Evaluation;

/// <summary>A list of frames whose truth is known, and the group of rows that it becomes.</summary>
/// <param name="Name">The folder of the list.</param>
/// <param name="List">The list's path.</param>
/// <param name="Lines">Its frames.</param>
/// <param name="Density">The part of the truth's pixels, 0 to 1, that are taken for spots instead of the sparse files; null where those are.</param>
internal sealed record EvaluationSet(string Name, string List, IReadOnlyList<DataLine> Lines, double? Density = null)
{
    /// <summary>Reads the lists and looks whether everything they name is there, before any frame is run.</summary>
    /// <exception cref="UserError">A list does not serve, a line has no ground truth, or a file is missing.</exception>
    public static IReadOnlyList<EvaluationSet> Read(IReadOnlyList<string> lists)
    {
        string[] folders = [.. lists.Select(list => Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(list))!))];
        // Where two lists lie in folders of one name, their paths tell them apart.
        var sets = lists.Select((list, i) =>
            new EvaluationSet(folders[i].Length > 0 && folders.Count(folder => folder == folders[i]) == 1 ? folders[i] : list, list, DataList.Read(list))).ToList();
        foreach (EvaluationSet set in sets)
        {
            foreach (DataLine line in set.Lines)
            {
                set.Check(line);
            }
        }

        return sets;
    }

    /// <summary>The path of a name in the list.</summary>
    public string File(string name) => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(List))!, name);

    /// <summary>Tells a run what it reads.</summary>
    public void TellFiles(RunFiles run)
    {
        run.Reads(List, "--list");
        foreach (DataLine line in Lines)
        {
            foreach (string name in new[] { line.Rgb, line.Depth, line.Truth! })
            {
                run.Reads(File(name), $"{List}:{line.Number}");
            }
        }
    }

    private void Check(DataLine line)
    {
        if (line.Truth is null)
        {
            throw new UserError($"{List}:{line.Number}: the line has no ground truth, but 'rgb sparse gt' or 'rgb sparse gt scene' is needed.");
        }

        foreach (string name in new[] { line.Rgb, line.Depth, line.Truth })
        {
            if (!System.IO.File.Exists(File(name)))
            {
                throw new UserError($"{List}:{line.Number}: {File(name)}: there is no such file.");
            }
        }
    }
}

/// <summary>A frame with its truth, read from files.</summary>
internal sealed record EvaluationFrame(RgbImage Rgb, float[] Sparse, float[] Truth)
{
    public int Height => Rgb.Height;

    public int Width => Rgb.Width;

    public int Pixels => Truth.Length;

    /// <param name="set">The list.</param>
    /// <param name="line">The frame's line.</param>
    /// <param name="reading">How depth files are read.</param>
    /// <param name="maxDepth">Spots beyond are dropped here, so that all methods and metrics see the same spots.</param>
    /// <param name="note">Takes sentences about what looks odd, and the file that each is about.</param>
    public static EvaluationFrame Read(EvaluationSet set, DataLine line, DepthReadOptions reading, float maxDepth, Action<string, string> note)
    {
        string rgbPath = set.File(line.Rgb), sparsePath = set.File(line.Depth), truthPath = set.File(line.Truth!);
        RgbImage rgb = RgbFile.Read(rgbPath);
        ColourNotes.Tell(rgbPath, rgb, text => note(rgbPath, text));
        DepthMap truth = DepthFile.Read(truthPath, reading);
        DepthMap sparse = set.Density is { } density ? truth with { Metres = Draw(truth, density, line.Number) } : DepthFile.Read(sparsePath, reading);
        Registration.Check(rgbPath, rgb, sparsePath, sparse);
        Registration.Check(rgbPath, rgb, truthPath, truth);
        if (set.Density is null)
        {
            DepthNotes.Tell(sparsePath, sparse, text => note(sparsePath, text));
        }

        DepthNotes.Tell(truthPath, truth, text => note(truthPath, text));
        if (!truth.Metres.Any(metres => metres > 0))
        {
            throw new UserError($"{truthPath}: the ground truth has no value above 0; at least one known pixel is needed.");
        }

        for (int i = 0; i < sparse.Metres.Length; i++)
        {
            sparse.Metres[i] = sparse.Metres[i] <= maxDepth ? sparse.Metres[i] : 0;
        }

        return sparse.Metres.Any(metres => metres > 0)
            ? new EvaluationFrame(rgb, sparse.Metres, truth.Metres)
            : throw new UserError($"{sparsePath}: the sparse depth has no value above 0 and up to {maxDepth} m; at least one measured pixel is needed.");
    }

    /// <summary>
    /// Spots at random pixels of the truth, but none in two rectangles of a fifth of each side; the same on every machine. A pixel at least.
    /// </summary>
    private static float[] Draw(DepthMap truth, double density, int number)
    {
        uint seed = Hash((uint)number);
        (uint Top, uint Left)[] holes =
        [
            .. Enumerable.Range(1, 2).Select(i => (Hash(seed + (uint)i) % (uint)(truth.Height - truth.Height / 5), Hash(seed + (uint)i + 2) % (uint)(truth.Width - truth.Width / 5))),
        ];
        var sparse = new float[truth.Metres.Length];
        int known = -1, drawn = 0;
        for (int i = 0; i < sparse.Length; i++)
        {
            if (truth.Metres[i] > 0)
            {
                known = i;
                uint y = (uint)(i / truth.Width), x = (uint)(i % truth.Width);
                if (Hash(seed ^ Hash((uint)i + 1000)) < density * uint.MaxValue && !holes.Any(hole => y - hole.Top < truth.Height / 5 && x - hole.Left < truth.Width / 5))
                {
                    sparse[i] = truth.Metres[i];
                    drawn++;
                }
            }
        }

        if (drawn == 0 && known >= 0)
        {
            sparse[known] = truth.Metres[known];
        }

        return sparse;
    }

    private static uint Hash(uint i)
    {
        i = (i ^ (i >> 16)) * 0x7feb352d;
        i = (i ^ (i >> 15)) * 0x846ca68b;
        return i ^ (i >> 16);
    }
}
