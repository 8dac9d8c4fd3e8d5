namespace EMDC.Translate;

/// <summary>
/// Text that tests every index against the length of its own view before it uses it: views are slices of pooled buffers, so that
/// what lies beyond a view mostly lies inside a buffer, where no driver and no tool would see it. Each kernel takes one more buffer,
/// of three ints, behind all other arguments, zeros at first; the first index outside of its view leaves there
/// <code>
/// place, index, length
/// </code>
/// (place: the number in <see cref="KernelProgram.Places"/>, from 1 on), and element 0 is used instead. Later ones leave nothing.
/// </summary>
internal static class CheckedText
{
    /// <summary>What tests an index: its value, the length of the view, the place.</summary>
    public const string At = "AT";

    /// <summary>The length of the buffer.</summary>
    public const int Numbers = 3;

    /// <summary>The buffer, which every function hands on.</summary>
    public const string Faults = "faults";

    /// <summary>The buffer as a parameter.</summary>
    public const string Parameter = $"__global int *{Faults}";

    /// <summary>Stands in front of the program.</summary>
    public const string Definitions = $$"""
        #define {{At}}(index, length, place) checked_index({{Faults}}, index, length, place)

        static inline int checked_index({{Parameter}}, int index, int length, int place)
        {
            int inside = index >= 0 && index < length;
            if (!inside && atomic_cmpxchg({{Faults}}, 0, place) == 0)
            {
                {{Faults}}[1] = index;
                {{Faults}}[2] = length;
            }
            return inside ? index : 0;
        }

        """;
}
