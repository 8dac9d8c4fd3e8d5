namespace EMDC.Cli;

/// <summary>A frame of a list: the line's number and its files.</summary>
internal sealed record DataLine(int Number, string Rgb, string Depth);

/// <summary>
/// A list of frames, a line each: <c>rgb sparse [gt]</c>, paths relative to the list's folder. The ground truth is for evaluations and
/// not read here. Blank lines and lines that begin with # are skipped. Names are separated by spaces, or by tabs alone in lines that
/// have tabs, so that names may contain spaces.
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

            if (names.Length is not (2 or 3))
            {
                throw new UserError($"{path}:{number}: the line has {names.Length} names, but needs 'rgb sparse' or 'rgb sparse gt'.");
            }

            lines.Add(new DataLine(number, names[0], names[1]));
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
