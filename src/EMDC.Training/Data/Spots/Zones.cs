namespace EMDC.Training.Data.Spots;

/// <summary>
/// A cheap ToF chip: 8×8 zones, sometimes 4×4, each of which reports one depth for all that it covers: the mean, nearer things weighing
/// more because they send more light back (1/d²).
/// </summary>
internal static class Zones
{
    /// <summary>Writes every zone's depth to its middle pixel, and marks that.</summary>
    /// <param name="rng">Draws the number of zones.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="measured">H×W metres: before, what a fine sensor would measure.</param>
    /// <param name="places">H×W, all false before.</param>
    public static void Average(Rng rng, int height, int width, Span<float> measured, Span<bool> places)
    {
        int side = rng.Chance(0.2f) ? 4 : 8;
        bool byLight = rng.Chance(0.5f);
        for (int zone = 0; zone < side * side; zone++)
        {
            int top = zone / side * height / side, bottom = (zone / side + 1) * height / side;
            int left = zone % side * width / side, right = (zone % side + 1) * width / side;
            double sum = 0, weights = 0;
            for (int y = top; y < bottom; y++)
            {
                foreach (float depth in measured.Slice(y * width + left, right - left))
                {
                    if (depth > 0)
                    {
                        double weight = byLight ? 1 / ((double)depth * depth) : 1;
                        sum += weight * depth;
                        weights += weight;
                    }
                }
            }

            int middle = (top + bottom) / 2 * width + (left + right) / 2;
            measured[middle] = weights > 0 ? (float)(sum / weights) : 0;
            places[middle] = true;
        }
    }
}
