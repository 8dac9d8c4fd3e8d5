using System.Globalization;

namespace EMDC.Weights;

/// <summary>
/// The coefficients of <see cref="Completion.Uncertainty"/>. They belong to weights and are in their file's metadata, numbers with commas
/// between them, where <c>emdc uncertainty</c> puts them after fitting.
/// </summary>
internal static class UncertaintyCoefficients
{
    /// <summary>How many there are.</summary>
    public const int Count = 5;

    /// <summary>Their name among the metadata.</summary>
    public const string Key = "uncertainty";

    /// <summary>Reads them from a file's metadata; null where there are none.</summary>
    /// <exception cref="EmdcException">There are others than <see cref="Count"/> finite numbers.</exception>
    public static float[]? Of(SafetensorsFile file, string source)
    {
        if (!file.Metadata.TryGetValue(Key, out string? text))
        {
            return null;
        }

        float[] values = [.. text.Split(',').Select(part => float.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) ? value : float.NaN)];
        return values.Length == Count && values.All(float.IsFinite)
            ? values
            : throw new EmdcException($"{source}: {Key} is '{Names.Show(text)}' in the metadata, but {Count} numbers with commas between them are needed.");
    }

    /// <summary>The text that <see cref="Of"/> reads, rounded to four places.</summary>
    public static string Text(ReadOnlySpan<float> values) => string.Join(',', values.ToArray().Select(value => value.ToString("0.####", CultureInfo.InvariantCulture)));
}
