namespace EMDC.Imaging;

/// <summary>One frame of a <see cref="ComparisonSheet"/>; all maps Height × Width metres.</summary>
/// <param name="Rgb">The colour frame.</param>
/// <param name="Sparse">The spots; 0 = not measured.</param>
/// <param name="Truth">The ground truth; 0 = unknown.</param>
/// <param name="Results">A result for each of the sheet's methods.</param>
/// <param name="Captions">What is written over the error of each result.</param>
public sealed record SheetRow(RgbImage Rgb, float[] Sparse, float[] Truth, IReadOnlyList<float[]> Results, IReadOnlyList<string> Captions);
