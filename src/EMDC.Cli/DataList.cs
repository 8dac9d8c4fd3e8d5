using System.Globalization;

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
/// evaluations. Blank lines and lines that begin with # are skipped. Names are separated by spaces, by commas in lines that have them at
/// their names' ends or no spaces, or by tabs alone in lines that have tabs; names in double quotes may hold any of these. Also TUM's
/// associations: <c>timestamp rgb timestamp sparse</c>, in either order of colour and depth as long as their folders are called so.
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
            string[] names = Names(line);
            if (names.Length == 0 || names[0].StartsWith('#'))
            {
                continue;
            }

            if (names.Length == 4 && IsTime(names[0]) && IsTime(names[2]))
            {
                names = [names[1], names[3]];
                if (names[0].StartsWith("depth/", StringComparison.Ordinal))
                {
                    Array.Reverse(names);
                }
            }

            if (names.Length is < 2 or > 4)
            {
                throw new UserError($"{path}:{number}: the line has {names.Length} names, but needs 'rgb sparse', 'rgb sparse gt' or 'rgb sparse gt scene'.");
            }

            lines.Add(new DataLine(number, names[0], names[1], names.ElementAtOrDefault(2), names.ElementAtOrDefault(3)));
        }

        return lines.Count > 0 ? lines : throw new UserError($"{path}: the list has no frames.");
    }

    private static string[] Names(string line)
    {
        if (line.Contains('\t'))
        {
            return Split(line, '\t');
        }

        string[] names = Split(line, ' ');
        return line.Contains(',') && !line.AsSpan().TrimStart().StartsWith("#") && (names.Length < 2 || names.Any(name => name.EndsWith(',')))
            ? Split(line, ',')
            : names;
    }

    /// <summary>The names between separators; a name that begins with a double quote goes on to the next, and loses both.</summary>
    private static string[] Split(string line, char separator)
    {
        var names = new List<string>();
        for (int at = 0; at < line.Length;)
        {
            ReadOnlySpan<char> rest = line.AsSpan(at).TrimStart(' ');
            at = line.Length - rest.Length;
            bool isQuoted = rest.StartsWith("\"") && rest[1..].Contains('"');
            int quote = isQuoted ? 1 + rest[1..].IndexOf('"') : -1;
            int end = rest[(quote + 1)..].IndexOf(separator) is >= 0 and var next ? quote + 1 + next : rest.Length;
            ReadOnlySpan<char> name = isQuoted ? rest[1..quote] : rest[..end].Trim();
            if (name.Length > 0)
            {
                names.Add(name.ToString());
            }

            at += end + 1;
        }

        return [.. names];
    }

    private static bool IsTime(string name) => double.TryParse(name, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

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
