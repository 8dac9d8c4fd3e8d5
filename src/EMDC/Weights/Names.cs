namespace EMDC.Weights;

/// <summary>Names out of files as they may stand in a message: short, without characters that move a terminal's cursor.</summary>
internal static class Names
{
    private const int Longest = 60;

    public static string Show(string name)
    {
        string plain = name.Length > Longest ? name[..(Longest - 1)] + "…" : name;
        return string.Create(plain.Length, plain, (span, text) =>
        {
            for (int i = 0; i < span.Length; i++)
            {
                span[i] = char.IsControl(text[i]) || char.IsSurrogate(text[i]) ? '?' : text[i];
            }
        });
    }

    /// <summary>A list for one line of a message: the first <paramref name="most"/>, then how many more there are.</summary>
    public static string List(IReadOnlyList<string> items, int most) => items.Count <= most
        ? string.Join(", ", items)
        : $"{string.Join(", ", items.Take(most))} and {items.Count - most} more";
}
