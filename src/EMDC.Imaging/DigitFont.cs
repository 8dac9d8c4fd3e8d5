namespace EMDC.Imaging;

/// <summary>A bitmap font of 5×7 for what a colour bar says: digits, point, m and blank.</summary>
internal static class DigitFont
{
    public const int Width = 5, Height = 7, Advance = 6;

    private const string Letters = "0123456789.m ";

    // One string a row, six columns a letter.
    private static readonly string[] Rows =
    [
        ".###. ..#.. .###. ##### ...#. ##### ..##. ##### .###. .###. ..... ..... .....",
        "#...# .##.. #...# ...#. ..##. #.... .#... ....# #...# #...# ..... ..... .....",
        "#..## ..#.. ....# ..#.. .#.#. ####. #.... ...#. #...# #...# ..... ##.#. .....",
        "#.#.# ..#.. ...#. ...#. #..#. ....# ####. ..#.. .###. .#### ..... #.#.# .....",
        "##..# ..#.. ..#.. ....# ##### ....# #...# .#... #...# ....# ..... #.#.# .....",
        "#...# ..#.. .#... #...# ...#. #...# #...# .#... #...# ...#. .##.. #.#.# .....",
        ".###. .###. ##### .###. ...#. .###. .###. .#... .###. .##.. .##.. #.#.# .....",
    ];

    public static bool IsInk(char letter, int x, int y)
    {
        int index = Letters.IndexOf(letter);
        return index >= 0 && Rows[y][index * Advance + x] == '#';
    }
}
