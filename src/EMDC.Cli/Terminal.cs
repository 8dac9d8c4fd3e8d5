namespace EMDC.Cli;

/// <summary>What a command talks to.</summary>
/// <param name="Out">Results.</param>
/// <param name="Error">Messages, notes, progress.</param>
/// <param name="IsErrorRedirected">Whether nobody looks at a progress bar on <paramref name="Error"/>.</param>
/// <param name="Interrupt">Cancelled by Ctrl-C.</param>
internal sealed record Terminal(TextWriter Out, TextWriter Error, bool IsErrorRedirected, CancellationToken Interrupt);
