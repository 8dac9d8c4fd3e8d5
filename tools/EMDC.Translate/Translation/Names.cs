using System.Text;

namespace EMDC.Translate;

/// <summary>C#'s names as OpenCL C takes them.</summary>
internal static class Names
{
    // Words of C99 and OpenCL C 1.2, its types, and the functions and macros that programs here use.
    private static readonly HashSet<string> Reserved =
    [
        .. ("auto break case char const continue default do double else enum extern float for goto if inline int long register " +
            "restrict return short signed sizeof static struct switch typedef union unsigned void volatile while " +
            "global local constant private generic kernel read_only write_only read_write half bool size_t ptrdiff_t intptr_t " +
            "uintptr_t event_t sampler_t quad complex imaginary uchar ushort uint ulong vec_step barrier mem_fence NULL NAN " +
            "INFINITY HUGE_VALF MAXFLOAT true false pipe image1d_t image2d_t image3d_t asm main pown rootn as_float as_int as_uint " +
            "isnan isinf isfinite get_local_id get_group_id get_global_id get_local_size get_num_groups").Split(' '),
        .. Builtins.Names,
    ];

    /// <summary>An identifier for a name: its letters and digits, with an underscore behind it if OpenCL C owns the word.</summary>
    public static string Identifier(string name)
    {
        var text = new StringBuilder();
        foreach (char letter in name) text.Append(char.IsAsciiLetterOrDigit(letter) || letter == '_' ? letter.ToString() : $"u{(int)letter:x4}");
        if (char.IsAsciiDigit(text[0])) text.Insert(0, '_');
        string identifier = text.ToString();

        // float2, uint16 and the like, and the functions convert_int_sat, as_float4 and so on.
        string stem = identifier.TrimEnd('0', '1', '2', '3', '4', '6', '8');
        bool taken = Reserved.Contains(identifier) || identifier.StartsWith("convert_") || identifier.StartsWith("__")
            || stem is "char" or "uchar" or "short" or "ushort" or "int" or "uint" or "long" or "ulong" or "float" or "double" or "half";
        return taken ? $"{identifier}_" : identifier;
    }
}
