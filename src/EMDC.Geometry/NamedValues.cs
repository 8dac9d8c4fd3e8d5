using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace EMDC.Geometry;

/// <summary>
/// A calibration file's leaves by name, whatever it is written in: JSON, YAML (as ROS and OpenCV write it) or OpenCV's XML. The names on the
/// way are joined by <c>_</c> in lower case, <c>data</c> and <c>value</c> left out, so that <c>camera_matrix: data:</c>,
/// <c>&lt;camera_matrix&gt;&lt;data&gt;</c> and <c>"camera_matrix": [[…], …]</c> become one. Only as much of YAML is understood as these
/// files use: nested names, lists in brackets over lines, lists of dashes, comments.
/// </summary>
internal sealed partial class NamedValues
{
    private readonly Dictionary<string, StringBuilder> _values = [];
    private readonly string _path;

    private NamedValues(string path) => _path = path;

    /// <exception cref="InvalidDataException">Nothing of the kind is in it.</exception>
    public static NamedValues Parse(string text, string path)
    {
        var values = new NamedValues(path);
        string start = text.TrimStart('\uFEFF', ' ', '\t', '\r', '\n');
        if (start.StartsWith('{'))
        {
            values.ReadJson(text);
        }
        else if (start.StartsWith('<'))
        {
            values.ReadXml(text);
        }
        else
        {
            values.ReadYaml(text);
        }

        return values;
    }

    /// <summary>The numbers under the first of these names that is there; null if none is.</summary>
    /// <exception cref="InvalidDataException">What is there are no numbers.</exception>
    public double[]? Numbers(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (_values.TryGetValue(name, out StringBuilder? text))
            {
                string[] words = text.ToString().Split([' ', ',', '\t', '\n', '\r', '[', ']'], StringSplitOptions.RemoveEmptyEntries);
                return [.. words.Select(word => double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
                    ? number
                    : throw new InvalidDataException($"{_path}: {name} has '{word}', but needs numbers."))];
            }
        }

        return null;
    }

    /// <summary>The text under a name, or null.</summary>
    public string? Text(string name) => _values.TryGetValue(name, out StringBuilder? text) ? text.ToString().Trim(' ', '"', '\'') : null;

    private void Add(IEnumerable<string> path, string value)
    {
        string name = string.Join('_', path.Where(part => part is not ("data" or "value"))).ToLowerInvariant();
        if (!_values.TryGetValue(name, out StringBuilder? text))
        {
            _values[name] = text = new StringBuilder();
        }

        text.Append(value).Append(' ');
    }

    private void ReadJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            Walk(document.RootElement, []);
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{_path}: the JSON is damaged at its line {error.LineNumber + 1}.", error);
        }

        void Walk(JsonElement element, string[] path)
        {
            switch (element.ValueKind)
            {
                case JsonValueKind.Object:
                    foreach (JsonProperty property in element.EnumerateObject())
                    {
                        Walk(property.Value, [.. path, property.Name]);
                    }

                    break;
                case JsonValueKind.Array:
                    foreach (JsonElement item in element.EnumerateArray())
                    {
                        Walk(item, path);
                    }

                    break;
                default:
                    Add(path, element.ToString());
                    break;
            }
        }
    }

    private void ReadXml(string text)
    {
        var open = new List<string>();
        foreach (Match tag in Tag().Matches(text))
        {
            string name = tag.Groups["name"].Value, content = tag.Groups["content"].Value.Trim();
            if (tag.Groups["end"].Length > 0)
            {
                if (open.Count == 0 || open[^1] != name)
                {
                    throw new InvalidDataException($"{_path}: the XML is damaged, </{name}> closes what is not open.");
                }

                open.RemoveAt(open.Count - 1);
            }
            else if (tag.Groups["empty"].Length == 0)
            {
                open.Add(name);
                if (content.Length > 0)
                {
                    Add(open.Where(part => part != "opencv_storage"), content);
                }
            }
        }
    }

    private void ReadYaml(string text)
    {
        // The names that are open, with the columns that they began in.
        var open = new Stack<(int Column, string Name)>();
        bool inBrackets = false;
        foreach (string raw in text.Split('\n'))
        {
            string line = Comment().Replace(raw, "").TrimEnd();
            if (line.Length == 0 || line[0] == '%' || line.StartsWith("---", StringComparison.Ordinal) || line == "...")
            {
                continue;
            }

            if (!inBrackets && Entry().Match(line) is { Success: true } entry)
            {
                int column = entry.Groups["indent"].Length;
                while (open.TryPeek(out var last) && last.Column >= column)
                {
                    open.Pop();
                }

                open.Push((column, entry.Groups["name"].Value));
                line = entry.Groups["content"].Value;
            }

            inBrackets = (inBrackets || line.Contains('[')) && !line.Contains(']');
            string content = line.Trim();
            content = content.StartsWith("- ", StringComparison.Ordinal) ? content[2..].Trim() : content;
            if (content.Length > 0 && open.Count > 0)
            {
                Add(open.Reverse().Select(level => level.Name), content);
            }
        }
    }

    [GeneratedRegex(@"<(?<end>/?)(?<name>[A-Za-z_][\w.-]*)[^<>]*?(?<empty>/?)>(?<content>[^<]*)")]
    private static partial Regex Tag();

    [GeneratedRegex(@"(^|\s)#.*$")]
    private static partial Regex Comment();

    // `!!opencv-matrix` and other tags say nothing that the names do not.
    [GeneratedRegex(@"^(?<indent>\s*)(?<name>[A-Za-z_][\w.-]*)\s*:(\s+(![\w!-]+)?\s*(?<content>.*))?$")]
    private static partial Regex Entry();
}
