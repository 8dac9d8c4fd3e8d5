namespace EMDC.Native;

/// <summary>A call that is refused: its status and one sentence.</summary>
internal sealed class CallException(Status status, string message) : Exception(message)
{
    public Status Status { get; } = status;
}
