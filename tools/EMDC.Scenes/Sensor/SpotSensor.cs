using EMDC.Scenes.Render;

namespace EMDC.Scenes.Sensor;

/// <summary>A direct-ToF sensor: measures single spots of a rendering. The device stays the same for a scene, its noise does not.</summary>
internal sealed class SpotSensor
{
    /// <summary>Surfaces whose depths differ by this share belong to a depth edge.</summary>
    public const float EdgeShare = 0.05f;

    /// <summary>How far from a depth edge, in pixels, a spot can meet both surfaces.</summary>
    public const int EdgeReach = 2;

    // The finest grid of the challenge; a cut view of many spots is not denser than that.
    private const float DensestStride = 5;

    private readonly SpotOptions _options;
    private readonly float _pincushion, _centreX, _centreY, _phaseX, _phaseY;
    private readonly ulong _place;

    public SpotSensor(SpotOptions options, Rng device)
    {
        _options = options;
        _pincushion = device.Range(1e-5f, 5e-5f);
        (_centreX, _centreY) = (device.Range(-25, 25), device.Range(-25, 25));
        (_phaseX, _phaseY) = (device.Unit(), device.Unit());
        _place = device.Next();
    }

    /// <summary>Measures. <paramref name="spots"/> are Height × Width metres, 0 where nothing was measured.</summary>
    public void Measure(Rendering picture, Rng rng, Span<float> spots)
    {
        spots.Clear();
        var noise = new Gaussian(rng);
        foreach (var (x, y) in Places(picture.Width, picture.Height, rng, noise))
        {
            // Every spot takes the same numbers from the generator, whether it is lost or not.
            float lost = rng.Unit(), dark = rng.Unit(), path = rng.Unit(), mix = rng.Unit(), error = noise.Next();
            if ((uint)x >= (uint)picture.Width || (uint)y >= (uint)picture.Height)
            {
                continue;
            }

            int at = y * picture.Width + x;
            float depth = picture.Depth[at];
            if (depth <= 0 || lost < _options.Dropout || !Sees(x, y, picture.Width, picture.Height)
                || (_options.IsLostInTheDark && dark > Return(picture.Returns[at], depth)))
            {
                continue;
            }

            if (path < _options.Multipath)
            {
                depth = Mixed(picture, x, y, depth, mix);
            }

            spots[at] = Math.Clamp(depth * (1 + _options.Noise * error), 0.01f, 13);
        }
    }

    /// <summary>The chance that a spot comes back: certain from bright near surfaces, seldom from black, glossy or slanted ones.</summary>
    public static float Return(float reflectance, float depth) => Math.Clamp((reflectance - 0.06f) * 5f / (1 + 0.02f * depth * depth), 0, 1);

    private Part View => _options.View ?? Part.Whole;

    private bool Sees(int x, int y, int width, int height) =>
        View.Holds(x, y, width, height) && _options.Window?.Holds(x, y, width, height) != true;

    private List<(int X, int Y)> Places(int width, int height, Rng rng, Gaussian noise)
    {
        var places = new List<(int, int)>(_options.Count + 64);
        if (_options.Pattern == SpotPattern.Random)
        {
            // The places belong to the device: they are the same in every frame of a static scene.
            var device = new Rng(_place);
            int densest = Math.Max(_options.Count, (int)(width * height / (DensestStride * DensestStride)));
            int count = Math.Min((int)(_options.Count / View.Area), densest);
            for (int i = 0; i < count; i++)
            {
                places.Add((device.Int(0, width - 1), device.Int(0, height - 1)));
            }

            return places;
        }

        // Rows at a distance of `stride`, every other one shifted by half; corners move outwards by 1 + coefficient · r².
        float centreX = width / 2f + _centreX, centreY = height / 2f + _centreY;
        float whole = MathF.Sqrt(width * height * Kept(Part.Whole, width, height) / _options.Count);
        float inView = MathF.Sqrt(width * height * View.Area * Kept(View, width, height) / _options.Count);
        float stride = MathF.Min(whole, MathF.Max(inView, DensestStride));
        int row = 0;
        for (float y = (_phaseY - 1) * stride; y < height + stride; y += stride, row++)
        {
            for (float x = (_phaseX - 1 + row % 2 * 0.5f) * stride; x < width + stride; x += stride)
            {
                float dx = x - centreX, dy = y - centreY, grow = 1 + _pincushion * (dx * dx + dy * dy);
                places.Add((
                    (int)MathF.Floor(centreX + dx * grow + _options.Jitter * noise.Next()),
                    (int)MathF.Floor(centreY + dy * grow + _options.Jitter * noise.Next())));
            }
        }

        return places;
    }

    /// <summary>Spots in a part of the picture, as a share of what the undistorted grid would have there.</summary>
    private float Kept(Part part, int width, int height)
    {
        const int Steps = 8;
        float sum = 0;
        for (int k = 0; k < Steps * Steps; k++)
        {
            float x = (part.Left + (k % Steps + 0.5f) / Steps * (part.Right - part.Left) - 0.5f) * width - _centreX;
            float y = (part.Top + (k / Steps + 0.5f) / Steps * (part.Bottom - part.Top) - 0.5f) * height - _centreY;
            // Where the spot was before: r + c·r³ is its radius now (Newton). Areas grow there by (1 + c·r²)(1 + 3c·r²).
            float now = MathF.Sqrt(x * x + y * y), r = now;
            for (int step = 0; step < 6; step++)
            {
                r -= (r + _pincushion * r * r * r - now) / (1 + 3 * _pincushion * r * r);
            }

            sum += 1 / ((1 + _pincushion * r * r) * (1 + 3 * _pincushion * r * r));
        }

        return sum / (Steps * Steps);
    }

    /// <summary>
    /// A spot whose beam meets two surfaces: a depth between them, or somewhat beyond the farther one for light that took a detour. Away
    /// from depth edges the depth stays.
    /// </summary>
    private static float Mixed(Rendering picture, int x, int y, float depth, float mix)
    {
        float other = depth;
        for (int j = Math.Max(y - EdgeReach, 0); j <= Math.Min(y + EdgeReach, picture.Height - 1); j++)
        {
            for (int i = Math.Max(x - EdgeReach, 0); i <= Math.Min(x + EdgeReach, picture.Width - 1); i++)
            {
                float beside = picture.Depth[j * picture.Width + i];
                if (beside > 0 && MathF.Abs(beside - depth) > MathF.Abs(other - depth))
                {
                    other = beside;
                }
            }
        }

        if (MathF.Abs(other - depth) < EdgeShare * depth)
        {
            return depth;
        }

        return mix < 0.75f ? depth + (other - depth) * mix / 0.75f : MathF.Max(depth, other) * (1 + 0.6f * (mix - 0.75f));
    }
}
