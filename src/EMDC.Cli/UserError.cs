namespace EMDC.Cli;

/// <summary>What the user can mend: one sentence for stderr, exit code 1.</summary>
internal sealed class UserError(string message, Exception? inner = null) : Exception(message, inner);
