using EMDC.Imaging;

namespace EMDC.Cli.Evaluation;

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
        DepthMap sparse = DepthFile.Read(sparsePath, reading), truth = DepthFile.Read(truthPath, reading);
        Registration.Check(rgbPath, rgb, sparsePath, sparse);
        Registration.Check(rgbPath, rgb, truthPath, truth);
        DepthNotes.Tell(sparsePath, sparse, text => note(sparsePath, text));
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
}
