using System.Globalization;
using System.Text;

namespace EMDC.Imaging;

/// <summary>The words at the head of a PNM or PFM file: white space between them, comments from # to the end of the line.</summary>
internal ref struct TextHeader(ReadOnlySpan<byte> file, string name)
{
    // Enough for any number; a longer word is damage.
    private const int LongestWord = 32;

    private readonly ReadOnlySpan<byte> _file = file;

    /// <summary>Where the next word is looked for; after the last word one white space is left before the samples.</summary>
    public int At { get; private set; } = 2;

    public int Int32() => int.TryParse(Word(), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : throw Damaged();

    public float Single() => float.TryParse(Word(), CultureInfo.InvariantCulture, out float value) ? value : throw Damaged();

    private string Word()
    {
        while (At < _file.Length && (IsSpace(_file[At]) || _file[At] == '#'))
        {
            if (_file[At] == '#')
            {
                int line = _file[At..].IndexOf((byte)'\n');
                At = line < 0 ? _file.Length : At + line;
            }
            else
            {
                At++;
            }
        }

        int start = At;
        while (At < _file.Length && !IsSpace(_file[At]) && At - start <= LongestWord)
        {
            At++;
        }

        return At < _file.Length && At - start <= LongestWord ? Encoding.Latin1.GetString(_file[start..At]) : throw Damaged();
    }

    private readonly InvalidDataException Damaged() => new($"{name}: the header is damaged or ends early at byte {At}.");

    private static bool IsSpace(byte b) => b is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t';
}
