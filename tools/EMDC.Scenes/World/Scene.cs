using System.Numerics;

namespace EMDC.Scenes.World;

/// <summary>Everything that a picture shows. Metres, y up.</summary>
internal sealed class Scene
{
    public List<Solid> Solids { get; } = [];

    public List<Light> Lights { get; } = [];

    public Camera Camera { get; set; } = new(Pose.Identity, 1);

    /// <summary>Where the camera goes in a sequence.</summary>
    public CameraPath? Path { get; set; }

    /// <summary>Light from all around, as it comes from above.</summary>
    public Vector3 AmbientAbove { get; set; } = new(0.3f);

    /// <summary>Light from all around, as it comes from below.</summary>
    public Vector3 AmbientBelow { get; set; } = new(0.2f);

    /// <summary>What a ray sees that meets nothing.</summary>
    public Vector3 Background { get; set; } = new(0.8f);

    /// <summary>What the scene is called in lists and contact sheets.</summary>
    public string Name { get; set; } = "";

    public void Add(Shape shape, Pose pose, Vector3 half, Material material, Cutout? cutout = null) =>
        Solids.Add(new Solid(shape, pose, half, material, cutout));
}
