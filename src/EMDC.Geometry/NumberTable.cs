using System.Globalization;
using System.Text;
using EMDC.Imaging;

namespace EMDC.Geometry;

/// <summary>
/// Rows of numbers: NPY arrays of one or two axes, or text with commas, semicolons, tabs or spaces between the numbers, perhaps a line of
/// names above them, and comments after #.
/// </summary>
/// <param name="Names">The names of the columns in lower case; empty where there are none.</param>
/// <param name="Width">Numbers in a row.</param>
/// <param name="Values">Row by row.</param>
/// <param name="AreIntegers">Whether none of them has a fraction or an exponent, so that their unit is a question.</param>
internal sealed record NumberTable(string[] Names, int Width, float[] Values, bool AreIntegers)
{
    public int Height => Values.Length / Width;

    /// <summary>The first column that has one of these names, or −1.</summary>
    public int Column(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (Array.IndexOf(Names, name) is >= 0 and var column)
            {
                return column;
            }
        }

        return -1;
    }

    /// <exception cref="InvalidDataException">It is no table.</exception>
    public static NumberTable Read(byte[] file, string path)
    {
        if (!file.AsSpan().StartsWith(NpyFile.Magic))
        {
            return OfText(file, path);
        }

        Plane array = NpyFile.DecodeTable(file, path);
        return new NumberTable([], array.Width, array.Values, array.IsInteger);
    }

    private static NumberTable OfText(byte[] file, string path)
    {
        if (file.AsSpan().Contains((byte)0))
        {
            throw new InvalidDataException($"{path}: this is neither text nor NPY, but a table of numbers is needed.");
        }

        string[] names = [];
        var values = new List<float>();
        int width = 0, number = 0;
        bool areIntegers = true;
        foreach (ReadOnlySpan<char> line in Encoding.UTF8.GetString(file).AsSpan().TrimStart('\uFEFF').EnumerateLines())
        {
            number++;
            string text = line.ToString();
            string[] words = Words(text.Split('#')[0]);
            if (words.Length == 0)
            {
                // Of a commented first line the names are taken as well: NumPy's savetxt writes its header so.
                names = values.Count == 0 && names.Length == 0 && text.Length > 0 ? Words(text.ToLowerInvariant()) : names;
                continue;
            }

            if (values.Count == 0 && !IsNumber(words[0], out _))
            {
                names = [.. words.Select(word => word.Trim('"').ToLowerInvariant())];
                continue;
            }

            width = width == 0 ? words.Length : width;
            if (words.Length != width)
            {
                throw new InvalidDataException($"{path}:{number}: the line has {words.Length} numbers, but those before have {width}.");
            }

            foreach (string word in words)
            {
                areIntegers &= word.AsSpan().IndexOfAny(".eEnN") < 0;
                values.Add(IsNumber(word, out float value)
                    ? value
                    : throw new InvalidDataException($"{path}:{number}: '{word}' is no number."));
            }
        }

        return width > 0
            ? new NumberTable(names.Length == width ? names : [], width, [.. values], areIntegers)
            : throw new InvalidDataException($"{path}: there are no numbers in it.");

        static string[] Words(string line) => line.Split([',', ';', '\t', ' ', '#'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    private static bool IsNumber(string word, out float value) => float.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
}
