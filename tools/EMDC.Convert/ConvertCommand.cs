using System.CommandLine;

namespace EMDC.Convert;

/// <summary>What is asked for.</summary>
internal sealed record Arguments(string Input, string? Output, bool Half, bool List, bool AllowExtra);

/// <summary>The <c>EMDC.Convert</c> command.</summary>
internal static class ConvertCommand
{
    public static Command Create(Terminal terminal)
    {
        var input = new Argument<string>("IN") { Description = "A PyTorch checkpoint (.pth, .pth.tar, .pt)." };
        var output = new Argument<string?>("OUT")
        {
            Description = "The safetensors file to write; may be left out with --list.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var half = new Option<bool>("--half")
        {
            Description = "Writes float16; the batch norms' running statistics, and tensors with values beyond its range, stay float32.",
        };
        var list = new Option<bool>("--list") { Description = "Prints type, shape and name of every tensor in IN." };
        var allowExtra = new Option<bool>("--allow-extra") { Description = "Leaves out tensors that the network does not have instead of refusing them." };
        var command = new Command("EMDC.Convert", "Makes safetensors of a PyTorch checkpoint, without PyTorch and without executing anything in it.")
        {
            input, output, half, list, allowExtra,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(input) is not { Tokens.Count: > 0 })
            {
                return;
            }

            string? to = result.GetValue(output);
            if (to is null && !result.GetValue(list))
            {
                result.AddError("OUT is missing.");
            }
            else if (to is not null && Path.GetFullPath(to) == Path.GetFullPath(result.GetValue(input)!))
            {
                result.AddError("IN and OUT are the same file.");
            }
        });
        command.SetAction(parsed =>
        {
            Converter.Run(
                new Arguments(parsed.GetValue(input)!, parsed.GetValue(output), parsed.GetValue(half), parsed.GetValue(list), parsed.GetValue(allowExtra)),
                terminal.Out);
            return CommandLine.Done;
        });
        return command;
    }
}
