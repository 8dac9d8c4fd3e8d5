namespace EMDC.Cli;

/// <summary>
/// One line at the bottom of the terminal. Written here and not with Spectre.Console: that library finds its parts by reflection and does
/// not declare itself safe for trimming, so a native build would carry warnings for forty characters.
/// </summary>
internal sealed class ProgressBar(TextWriter? terminal, int total) : IDisposable
{
    private const int Cells = 30;
    private int _shown;

    public void Show(int done)
    {
        if (terminal is not null)
        {
            int filled = (int)((long)Cells * done / total);
            string line = $"{new string('#', filled)}{new string('.', Cells - filled)} {done}/{total}";
            terminal.Write($"\r{line}");
            _shown = line.Length;
        }
    }

    /// <summary>Wipes the line, so that a message can stand there. With spaces, because not every console knows escape sequences.</summary>
    public void Clear()
    {
        if (_shown > 0)
        {
            terminal!.Write($"\r{new string(' ', _shown)}\r");
            _shown = 0;
        }
    }

    public void Dispose() => Clear();
}
