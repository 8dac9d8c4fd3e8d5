using System.Text;
using EMDC.Imaging;

namespace EMDC.Scenes.Output;

/// <summary>
/// Writes a set as files: NAME_rgb.png, NAME_sparse.exr and NAME_depth.exr for each frame, and <c>data.list</c> with a line
/// <c>rgb sparse gt scene</c> for each, names relative to the list; without the scene where the camera moves.
/// </summary>
internal static class FrameFiles
{
    public const string ListName = "data.list";

    public static void Write(FrameSet set, string folder, int threads, CancellationToken interrupt)
    {
        // A list of an earlier run would describe files that are about to change.
        string list = Path.Combine(folder, ListName);
        File.Delete(list);
        Workers.ForEach(set.Count, threads, () => new FrameMaker(set), (maker, i) =>
        {
            maker.Make(i);
            string name = Path.Combine(folder, set.FrameName(i));
            RgbFile.Write($"{name}_rgb.png", new RgbImage(set.Width, set.Height, maker.Rgb));
            DepthFile.Write($"{name}_sparse.exr", maker.Spots, set.Width, set.Height);
            DepthFile.Write($"{name}_depth.exr", maker.Depth, set.Width, set.Height);
        }, interrupt);
        WriteList(set, list);
    }

    private static void WriteList(FrameSet set, string path)
    {
        var lines = new StringBuilder();
        for (int i = 0; i < set.Count; i++)
        {
            // Readers take frames of one name for a static scene, which those of a moving camera are not.
            string name = set.FrameName(i), scene = set.IsMoving ? "" : $" {set.SceneName(i)}";
            lines.Append($"{name}_rgb.png {name}_sparse.exr {name}_depth.exr{scene}\n");
        }

        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(lines.ToString())));
    }
}
