namespace EMDC.Convert;

/// <summary>The command line.</summary>
internal sealed record Arguments(string Input, string? Output, bool Half, bool List, bool AllowExtra)
{
    public const string Usage = """
        usage: EMDC.Convert IN OUT [--half] [--list] [--allow-extra]
          IN             a PyTorch checkpoint (.pth, .pth.tar, .pt)
          OUT            the safetensors file to write; may be left out with --list
          --half         write float16; the batch norms' running statistics, and tensors with values beyond its range, stay float32
          --list         print type, shape and name of every tensor in IN
          --allow-extra  leave out tensors that the network does not have instead of refusing them
        """;

    /// <summary>Null and what is wrong, if the command line does not serve.</summary>
    public static Arguments? Parse(string[] args, out string fault)
    {
        string[] known = ["--half", "--list", "--allow-extra"];
        string[] options = [.. args.Where(a => a.StartsWith("--", StringComparison.Ordinal))];
        string[] files = [.. args.Except(options)];
        bool list = options.Contains("--list");
        fault = options.FirstOrDefault(o => !known.Contains(o)) is { } unknown ? $"There is no option '{unknown}'."
            : files.Length == 0 ? "IN is missing."
            : files.Length == 1 && !list ? "OUT is missing."
            : files.Length > 2 ? $"'{files[2]}' is one argument too many."
            : files.Length == 2 && Path.GetFullPath(files[0]) == Path.GetFullPath(files[1]) ? "IN and OUT are the same file."
            : "";
        return fault.Length > 0
            ? null
            : new(files[0], files.ElementAtOrDefault(1), options.Contains("--half"), list, options.Contains("--allow-extra"));
    }
}
