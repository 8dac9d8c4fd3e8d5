namespace EMDC.Training.Data.Spots;

/// <summary>A slowly varying random field of about unit deviation: normal values on a coarse grid, bilinear between.</summary>
internal readonly struct Cloud
{
    private readonly float[] _values;
    private readonly int _columns;
    private readonly float _inverse;

    /// <param name="rng">Draws the values.</param>
    /// <param name="height">Rows that it covers.</param>
    /// <param name="width">Columns that it covers.</param>
    /// <param name="cell">Pixels between grid points.</param>
    public Cloud(Rng rng, int height, int width, float cell)
    {
        _inverse = 1 / cell;
        _columns = (int)(width * _inverse) + 2;
        _values = new float[_columns * ((int)(height * _inverse) + 2)];
        var noise = new Gaussian(rng);
        foreach (ref float value in _values.AsSpan())
        {
            // Between grid points the mean of four has less deviation.
            value = 1.5f * noise.Next();
        }
    }

    public float At(int y, int x)
    {
        float v = y * _inverse, u = x * _inverse;
        int at = (int)v * _columns + (int)u;
        (v, u) = (v - (int)v, u - (int)u);
        float above = _values[at] + u * (_values[at + 1] - _values[at]), below = _values[at + _columns] + u * (_values[at + _columns + 1] - _values[at + _columns]);
        return above + v * (below - above);
    }
}
