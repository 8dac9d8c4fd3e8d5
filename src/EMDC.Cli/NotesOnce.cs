namespace EMDC.Cli;

/// <summary>Notes about the files of a list. What is true of one file of a sensor is true of all: each kind of note is said once.</summary>
internal sealed class NotesOnce(TextWriter? output, ProgressBar progress)
{
    private readonly HashSet<string> _said = [];

    public void Say(string path, string note)
    {
        if (output is not null && _said.Add(note.Replace(path, "")))
        {
            progress.Clear();
            output.WriteLine($"note: {note}");
        }
    }
}
