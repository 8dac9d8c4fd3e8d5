namespace EMDC.Cli;

/// <summary>A frame of a list: the line's number and its names.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Rgb">The colour frame.</param>
/// <param name="Depth">The sparse depth.</param>
/// <param name="Truth">The ground truth, where the line has one.</param>
/// <param name="Scene">The name of the static scene that the frame shows, where the line has one.</param>
internal sealed record DataLine(int Number, string Rgb, string Depth, string? Truth, string? Scene);

/// <summary>
/// A list of frames, a line each: <c>rgb sparse [gt [scene]]</c>, paths relative to the list's folder. Ground truth and scene are for
/// evaluations. Blank lines and lines that begin with # are skipped. Names are separated by spaces, or by tabs alone in lines that have
/// tabs, so that names may contain spaces.
/// </summary>
internal static class DataList
{
    // Ten million frames; a list that is longer is a picture.
    private const long MaxBytes = 1L << 30;

    /// <exception cref="UserError">The list cannot be read, holds no frames, or a line has another number of names.</exception>
    public static List<DataLine> Read(string path)
    {
        var lines = new List<DataLine>();
        int number = 0;
        foreach (string line in Lines(path))
        {
            number++;
            string[] names = line.Split(line.Contains('\t') ? '\t' : ' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (names.Length == 0 || names[0].StartsWith('#'))
            {
                continue;
            }

            if (names.Length is < 2 or > 4)
            {
                throw new UserError($"{path}:{number}: the line has {names.Length} names, but needs 'rgb sparse', 'rgb sparse gt' or 'rgb sparse gt scene'.");
            }

            lines.Add(new DataLine(number, names[0], names[1], names.ElementAtOrDefault(2), names.ElementAtOrDefault(3)));
        }

        return lines.Count > 0 ? lines : throw new UserError($"{path}: the list has no frames.");
    }

    private static string[] Lines(string path)
    {
        try
        {
            return new FileInfo(path) is { Exists: true, Length: > MaxBytes } large
                ? throw new UserError($"{path}: the list has {large.Length} bytes, but at most {MaxBytes} are read.")
                : File.ReadAllLines(path);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UserError($"{path}: there is no such file.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserError($"{path}: the list cannot be read.", error);
        }
    }
}
