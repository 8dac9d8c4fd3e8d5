using System.Text.RegularExpressions;

namespace EMDC.Documents.Tests;

/// <summary>The clone as its documents see it: its files, and the words and options in those that are not documents.</summary>
internal static partial class Tree
{
    private static readonly string[] Skipped = [".git", "artifacts", "__pycache__", "bin", "obj", "TestResults"];

    private static readonly string[] Sources =
        [".cs", ".py", ".sh", ".cl", ".c", ".h", ".js", ".csproj", ".props", ".targets", ".sln", ".editorconfig", ".txt", ".json"];

    /// <summary>Paths relative to the root, with slashes; folders end in one.</summary>
    public static IReadOnlySet<string> Paths { get; } = Walk(Clone.Root).ToHashSet();

    /// <summary>Last parts of the paths.</summary>
    public static IReadOnlySet<string> Names { get; } = Paths.Select(path => path.TrimEnd('/').Split('/')[^1]).ToHashSet();

    public static IReadOnlySet<string> Words { get; }

    public static IReadOnlySet<string> Options { get; }

    /// <summary>First arguments of <c>new Command(…)</c>.</summary>
    public static IReadOnlySet<string> Commands { get; }

    static Tree()
    {
        // This project's list of exceptions must not make them exist.
        string[] texts = [.. Paths
            .Where(path => !path.StartsWith("tests/EMDC.Documents.Tests/", StringComparison.Ordinal))
            .Where(path => Sources.Contains(Path.GetExtension(path)) || path == ".ci/run")
            .Select(path => File.ReadAllText(Path.Combine(Clone.Root, path)))];
        Words = texts.SelectMany(text => Word().Matches(text).Select(match => match.Value)).ToHashSet();
        Options = texts.SelectMany(text => Option().Matches(text).Select(match => match.Value)).ToHashSet();
        Commands = texts.SelectMany(text => NewCommand().Matches(text).Select(match => match.Groups[1].Value)).ToHashSet();
    }

    /// <summary>The documents: path and lines.</summary>
    public static IEnumerable<(string Path, string[] Lines)> Documents =>
        Paths.Where(path => path.EndsWith(".md", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Select(path => (path, File.ReadAllLines(Path.Combine(Clone.Root, path))));

    /// <summary>True for a path from the root or from the document's folder, with stars for any names; true too for a file's bare name.</summary>
    public static bool Has(string document, string path)
    {
        path = path.TrimEnd('/');
        string folder = Path.GetDirectoryName(document)!.Replace('\\', '/');
        string near = Path.GetRelativePath(Clone.Root, Path.GetFullPath(Path.Combine(Clone.Root, folder, path))).Replace('\\', '/');
        if (path.Contains('*'))
        {
            var pattern = new Regex("(^|/)" + Regex.Escape(path.TrimStart('.', '/')).Replace(@"\*", "[^/]*") + "/?$");
            return Paths.Any(file => pattern.IsMatch(file));
        }

        return new[] { path, near }.Any(p => p == "." || Paths.Contains(p) || Paths.Contains(p + "/")) || !path.Contains('/') && Names.Contains(path);
    }

    private static IEnumerable<string> Walk(string folder)
    {
        foreach (string path in Directory.EnumerateFileSystemEntries(folder))
        {
            if (Skipped.Contains(Path.GetFileName(path)))
            {
                continue;
            }

            string relative = Path.GetRelativePath(Clone.Root, path).Replace('\\', '/');
            if (Directory.Exists(path))
            {
                yield return relative + "/";
                foreach (string below in Walk(path))
                {
                    yield return below;
                }
            }
            else
            {
                yield return relative;
            }
        }
    }

    [GeneratedRegex(@"[A-Za-z_][A-Za-z0-9_]*")]
    private static partial Regex Word();

    [GeneratedRegex("Command\\(\"([a-z-]+)\"")]
    private static partial Regex NewCommand();

    [GeneratedRegex(@"(?<![\w-])--[a-z][a-z0-9-]*")]
    private static partial Regex Option();
}
