namespace EMDC.Cli.Evaluation;

/// <summary>A list of frames whose truth is known, and the group of rows that it becomes.</summary>
/// <param name="Name">The folder of the list.</param>
/// <param name="List">The list's path.</param>
/// <param name="Lines">Its frames.</param>
internal sealed record EvaluationSet(string Name, string List, IReadOnlyList<DataLine> Lines)
{
    /// <summary>Reads the lists and looks whether everything they name is there, before any frame is run.</summary>
    /// <exception cref="UserError">A list does not serve, a line has no ground truth, or a file is missing.</exception>
    public static IReadOnlyList<EvaluationSet> Read(IReadOnlyList<string> lists)
    {
        string[] folders = [.. lists.Select(list => Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(list))!))];
        // Where two lists lie in folders of one name, their paths tell them apart.
        var sets = lists.Select((list, i) =>
            new EvaluationSet(folders[i].Length > 0 && folders.Count(folder => folder == folders[i]) == 1 ? folders[i] : list, list, DataList.Read(list))).ToList();
        foreach (EvaluationSet set in sets)
        {
            foreach (DataLine line in set.Lines)
            {
                set.Check(line);
            }
        }

        return sets;
    }

    /// <summary>The path of a name in the list.</summary>
    public string File(string name) => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(List))!, name);

    private void Check(DataLine line)
    {
        if (line.Truth is null)
        {
            throw new UserError($"{List}:{line.Number}: the line has no ground truth, but evaluate needs 'rgb sparse gt' or 'rgb sparse gt scene'.");
        }

        foreach (string name in new[] { line.Rgb, line.Depth, line.Truth })
        {
            if (!System.IO.File.Exists(File(name)))
            {
                throw new UserError($"{List}:{line.Number}: {File(name)}: there is no such file.");
            }
        }
    }
}
