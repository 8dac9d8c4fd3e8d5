using EMDC.Imaging;

namespace EMDC.Cli;

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
