using System.Text.RegularExpressions;

namespace EMDC.Documents.Tests;

/// <summary>What the Markdown files name must be there: options, commands, files, links and names from code.</summary>
public sealed partial class DocumentTests
{
    [Fact]
    public void Options_are_in_the_sources() => AssertNone(Code()
        .SelectMany(code => Option().Matches(code.Text).Select(match => code with { Text = match.Value }))
        .Where(option => !Tree.Options.Contains(option.Text)));

    [Fact]
    public void Commands_of_emdc_are_in_the_sources() => AssertNone(Code()
        .SelectMany(code => Command().Matches(code.Text).Select(match => code with { Text = match.Groups[1].Value }))
        .Where(command => !Tree.Commands.Contains(command.Text)));

    [Fact]
    public void Files_are_in_the_tree() => AssertNone(Code()
        .SelectMany(code => SourcePath().Matches(code.Text).Select(match => code with { Text = match.Value.TrimEnd('.', ',', ':') }))
        .Where(path => !Tree.Has(path.Document, path.Text)));

    [Fact]
    public void Links_lead_somewhere() => AssertNone(Lines()
        .SelectMany(line => Link().Matches(line.Text).Select(match => line with { Text = match.Groups[1].Value }))
        .Where(link => !link.Text.Contains("://") && !IsThere(link.Document, link.Text)));

    [Fact]
    public void Names_from_code_are_in_the_sources() => AssertNone(Lines()
        .SelectMany(line => Inline().Matches(line.Text).Select(match => line with { Text = match.Groups[1].Value }))
        .Where(code => Name().IsMatch(code.Text) && !Path.HasExtension(code.Text.Split('(')[0]) || Member().IsMatch(code.Text))
        .SelectMany(code => Word().Matches(code.Text.Split('(')[0]).Select(match => code with { Text = match.Value }))
        .Where(word => !Tree.Words.Contains(word.Text) && !Tree.Names.Any(name => Path.GetFileNameWithoutExtension(name) == word.Text)));

    [Fact]
    public void Every_exception_is_needed()
    {
        string all = string.Join('\n', Tree.Documents.SelectMany(document => document.Lines));
        Assert.All(Exceptions.Elsewhere.Keys, name => Assert.Contains(name, all, StringComparison.Ordinal));
    }

    private static void AssertNone(IEnumerable<Place> places)
    {
        string[] missing = [.. places.Where(place => !Exceptions.Elsewhere.ContainsKey(place.Text)).Select(place => place.ToString()).Distinct()];
        Assert.True(missing.Length == 0, "Documents name what the tree does not have:\n" + string.Join('\n', missing));
    }

    private static bool IsThere(string document, string link)
    {
        string[] parts = link.Split('#');
        string target = parts[0].Length == 0 ? document : Path.Combine(Path.GetDirectoryName(document)!, parts[0]);
        string path = Path.GetRelativePath(Clone.Root, Path.GetFullPath(Path.Combine(Clone.Root, target))).Replace('\\', '/');
        if (!Tree.Has(document, parts[0].Length == 0 ? document : path))
        {
            return false;
        }

        return parts.Length == 1 || File.ReadAllLines(Path.Combine(Clone.Root, path))
            .Where(line => line.StartsWith('#'))
            .Any(line => NotInAnchor().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-') == parts[1]);
    }

    private static IEnumerable<Place> Lines() => Tree.Documents.SelectMany(
        document => document.Lines.Select((line, i) => new Place(document.Path, i + 1, line)));

    /// <summary>Fenced blocks by lines, and code within lines.</summary>
    private static IEnumerable<Place> Code()
    {
        foreach (var (path, lines) in Tree.Documents)
        {
            bool isFenced = false;
            for (int i = 0; i < lines.Length; i++)
            {
                if (lines[i].TrimStart().StartsWith("```", StringComparison.Ordinal))
                {
                    isFenced = !isFenced;
                }
                else if (isFenced)
                {
                    yield return new Place(path, i + 1, lines[i]);
                }
                else
                {
                    foreach (Match match in Inline().Matches(lines[i]))
                    {
                        yield return new Place(path, i + 1, match.Groups[1].Value);
                    }
                }
            }
        }
    }

    private sealed record Place(string Document, int Line, string Text)
    {
        public override string ToString() => $"{Document}:{Line}: {Text}";
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Inline();

    [GeneratedRegex(@"(?<![\w-])--[a-z][a-z0-9-]*")]
    private static partial Regex Option();

    [GeneratedRegex(@"(?:^|[ /])emdc ([a-z][a-z-]*)")]
    private static partial Regex Command();

    /// <summary>A path of sources or documents, or one that begins with a folder of the root.</summary>
    [GeneratedRegex(@"(?<![\w/.$~<-])(?:\.{0,2}/)?(?:[\w.*-]+/)*[\w.*-]+\.(?:cs|py|sh|cl|md|csproj|props|sln|js|c|h)(?![\w/])|(?<![\w/.$~-])(?:src|tests|tools|bench|docs|weights)/[\w.*/-]*")]
    private static partial Regex SourcePath();

    [GeneratedRegex(@"\]\(([^) ]+)\)")]
    private static partial Regex Link();

    /// <summary>One identifier, perhaps with members and arguments.</summary>
    [GeneratedRegex(@"^[A-Za-z_]\w*(\(.*\))?$")]
    private static partial Regex Name();

    [GeneratedRegex(@"^[A-Z]\w+(\.[A-Z]\w+)+(\(.*\))?$")]
    private static partial Regex Member();

    [GeneratedRegex(@"[A-Za-z_][A-Za-z0-9_]*")]
    private static partial Regex Word();

    [GeneratedRegex(@"[^\p{L}\p{N} _-]")]
    private static partial Regex NotInAnchor();
}
