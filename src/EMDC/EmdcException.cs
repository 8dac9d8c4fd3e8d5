namespace EMDC;

/// <summary>
/// The input, a file or a device did not serve. <see cref="Exception.Message"/> is one sentence for the user: what disagrees,
/// both values, what was needed.
/// </summary>
public sealed class EmdcException : Exception
{
    /// <summary>Creates the exception with its sentence.</summary>
    public EmdcException(string message) : base(message) { }

    /// <summary>Creates the exception with its sentence and what caused it.</summary>
    public EmdcException(string message, Exception inner) : base(message, inner) { }
}
