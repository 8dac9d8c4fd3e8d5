using System.CommandLine;
using System.Globalization;

namespace EMDC.Uncertainties;

/// <summary>The <c>EMDC.Uncertainty</c> command; <c>bench/uncertainty.sh</c> calls it.</summary>
internal static class UncertaintyCommand
{
    public static Command Create(Terminal terminal)
    {
        var weights = new Argument<string>("WEIGHTS") { Description = "The network's weights (safetensors)." };
        var coefficients = new Argument<string>("COEFFICIENTS") { Description = "The source file that the coefficients are written to." };
        var fit = new Argument<string>("FIT") { Description = "The list of frames (rgb sparse truth) to fit on." };
        var measure = new Argument<string[]>("NAME=LIST") { Description = "Lists of other frames to measure on.", Arity = ArgumentArity.ZeroOrMore };
        measure.Validators.Add(result =>
        {
            if (result.Tokens.FirstOrDefault(token => !token.Value.Contains('=')) is { } wrong)
            {
                result.AddError($"'{wrong.Value}' has no name, but needs one: NAME=LIST.");
            }
        });
        var command = new Command(
            "EMDC.Uncertainty", "Fits the coefficients of the uncertainty to weights, and prints as Markdown how good they are.")
        {
            weights, coefficients, fit, measure,
        };
        command.SetAction(parsed =>
        {
            using var engine = Emdc.Load(parsed.GetValue(weights)!, new EmdcOptions { Device = "cpu" });
            Samples fitted = Samples.Of(engine, parsed.GetValue(fit)!, terminal.Interrupt);
            float[] b = Fit.Run(fitted);
            Write(b, parsed.GetValue(coefficients)!);
            terminal.Out.WriteLine($"b = {Numbers(b, "")}");
            terminal.Out.WriteLine();
            terminal.Out.WriteLine(Quality.Head);
            terminal.Out.WriteLine(Quality.Row("fitted on", fitted, b));
            foreach (string list in parsed.GetValue(measure)!)
            {
                int at = list.IndexOf('=');
                terminal.Out.WriteLine(Quality.Row(list[..at], Samples.Of(engine, list[(at + 1)..], terminal.Interrupt), b));
            }

            return CommandLine.Done;
        });
        return command;
    }

    private static void Write(float[] b, string path) => File.WriteAllText(
        path,
        $$"""
        namespace EMDC.Completion;

        /// <summary>The coefficients of <see cref="Uncertainty"/> for the default weights. Written by <c>bench/uncertainty.sh</c>.</summary>
        internal static class UncertaintyCoefficients
        {
            public static ReadOnlySpan<float> Values => [{{Numbers(b, "f")}}];
        }

        """);

    private static string Numbers(float[] values, string suffix) =>
        string.Join(", ", values.Select(value => value.ToString("0.####", CultureInfo.InvariantCulture) + suffix));
}
