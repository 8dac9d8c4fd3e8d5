namespace EMDC.Translate;

/// <summary>Where control can go.</summary>
internal static class Flow
{
    /// <summary>Whether control can come out at the end of statements.</summary>
    public static bool Falls(List<Statement> code) => code.Count == 0 || Falls(code[^1]);

    /// <summary>Whether a continue of the loop around stands among the statements.</summary>
    public static bool Continues(List<Statement> code) => code.Any(statement => statement switch
    {
        Continue => true,
        Loop => false,
        _ => statement.Bodies.Any(Continues),
    });

    private static bool Falls(Statement statement) => statement switch
    {
        Return or Break or Continue or Goto => false,
        If choice => Falls(choice.Then) || Falls(choice.Else),
        Loop loop => loop.Condition is not null || Breaks(loop.Body),
        _ => true,
    };

    private static bool Breaks(List<Statement> code) => code.Any(statement => statement switch
    {
        Break => true,
        Loop or Switch => false,
        _ => statement.Bodies.Any(Breaks),
    });
}
