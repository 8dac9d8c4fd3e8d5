using System.CommandLine;

namespace EMDC.Translate;

/// <summary>The <c>EMDC.Translate</c> command, which writes the kernels of EMDC.Kernels as OpenCL C; README.md has the call.</summary>
internal static class TranslateCommand
{
    public static Command Create(Terminal terminal)
    {
        var folder = new Argument<string>("FOLDER") { Description = "Where the texts go; others there (*.cl) are removed." };
        var command = new Command("EMDC.Translate", "Writes the kernels as OpenCL C 1.2.") { folder };
        command.SetAction(parsed =>
        {
            Write(parsed.GetValue(folder)!, terminal.Out);
            return CommandLine.Done;
        });
        return command;
    }

    private static void Write(string folder, TextWriter to)
    {
        IReadOnlyDictionary<string, string> files;
        try
        {
            files = KernelTexts.Files(KernelTexts.Kernels(typeof(Kernels.Float4).Assembly));
        }
        catch (TranslationFault fault)
        {
            throw new UserError(fault.Message, fault);
        }

        Directory.CreateDirectory(folder);
        foreach (string old in Directory.EnumerateFiles(folder, "*.cl").Where(path => !files.ContainsKey(Path.GetFileName(path)))) File.Delete(old);
        foreach (var (name, text) in files) File.WriteAllText(Path.Combine(folder, name), text);
        to.WriteLine($"{files.Count} files in {folder}");
    }
}
