namespace EMDC.Scenes.World;

/// <summary>What a surface looks like, and what a ToF sensor gets back from it.</summary>
internal sealed record Material(Texture Texture)
{
    /// <summary>Strength of the highlights that lamps make, 0…1.</summary>
    public float Gloss { get; init; }

    /// <summary>How small highlights are: the exponent of the cosine.</summary>
    public float Shininess { get; init; } = 30;

    /// <summary>Share of light that is reflected as by a mirror, 0…1. Nearly all of it: the sensor sees nothing there.</summary>
    public float Mirror { get; init; }

    /// <summary>Light that the surface gives off by itself, in multiples of its texture.</summary>
    public float Glow { get; init; }

    /// <summary>Share of spots that come back from a surface that is seen head-on; dark textures lower it further.</summary>
    public float Returns { get; init; } = 1;

    /// <summary>False for what has no depth: the world behind a window.</summary>
    public bool HasDepth { get; init; } = true;
}
