using EMDC.Imaging;

namespace EMDC.Cli;

/// <summary>What is told of a colour file that was not taken as it is stored.</summary>
internal static class ColourNotes
{
    public static void Tell(string path, RgbImage rgb, Action<string> note)
    {
        if (rgb.ExifOrientation != 1)
        {
            note($"{path}: the picture was turned as its EXIF orientation {rgb.ExifOrientation} asks and is now {rgb.Height}×{rgb.Width} (height × width); the depth must lie on it so.");
        }
    }
}

/// <summary>What is told of a depth file that looks odd, but is read.</summary>
internal static class DepthNotes
{
    public static void Tell(string path, DepthMap map, Action<string> note)
    {
        if (map.UsedDefaultScale)
        {
            note($"{path}: integers without a unit are read as millimetres; --depth-scale or --depth-format names another.");
        }

        if (map.InvalidCount > 0)
        {
            note($"{path}: {map.InvalidCount} pixels hold NaN, an infinity or a negative depth and count as not measured.");
        }

        foreach (string text in map.Notes)
        {
            note(text);
        }
    }
}

/// <summary>Notes about the files of a list. What is true of one file of a sensor is true of all: each kind of note is said once.</summary>
internal sealed class NotesOnce(TextWriter? output, ProgressBar progress)
{
    private readonly HashSet<string> _said = [];

    /// <summary>A note that is of no one file.</summary>
    public void Say(string note) => SayOnce(note, note);

    public void Say(string path, string note) => SayOnce(note, note.Replace(path, ""));

    private void SayOnce(string note, string about)
    {
        if (output is not null && _said.Add(about))
        {
            progress.Clear();
            output.WriteLine($"note: {note}");
        }
    }
}
