using EMDC.Scenes.Commands;

namespace EMDC.Scenes.Tests;

/// <summary>A run of the command inside the test process.</summary>
internal sealed record Tool(int Code, string Out, string Error)
{
    public static Tool Run(params string[] args) => Run(CancellationToken.None, args);

    public static Tool Run(CancellationToken interrupt, params string[] args)
    {
        using StringWriter output = new(), error = new();
        int code = CommandLine.Run(ScenesCommand.Create, args, new Terminal(output, error, IsErrorRedirected: true, interrupt), isStreaming: true);
        return new Tool(code, output.ToString().ReplaceLineEndings("\n"), error.ToString().ReplaceLineEndings("\n"));
    }

    /// <summary>Runs what must work.</summary>
    public static void Succeed(params string[] args)
    {
        Tool run = Run(args);
        Assert.Equal((0, ""), (run.Code, run.Error));
    }
}
