using System.Numerics;
using EMDC.Scenes.World;

namespace EMDC.Scenes.Layouts;

/// <summary>Makes the scene of a number: a layout, lamps, and a camera.</summary>
internal static class SceneBuilder
{
    /// <summary>Raised whenever the same seed gives another picture.</summary>
    public const int Version = 1;

    private const float Clearance = 0.12f;

    private const ulong Purpose = 0x5ce;

    public static Scene Build(Family family, ulong seed, long number)
    {
        var rng = new Rng(seed, (ulong)family, (ulong)number, Purpose);
        var scene = new Scene();
        var stage = new Stage(scene, rng, family);
        stage.Light(family == Family.Train ? TrainLayouts.Build(stage) : TestLayouts.Build(stage));
        Clear(scene);
        return scene;
    }

    /// <summary>Takes away what the camera would stand in.</summary>
    private static void Clear(Scene scene)
    {
        Vector3 eye = scene.Camera.Pose.At;
        scene.Solids.RemoveAll(solid =>
        {
            Vector3 gap = Vector3.Abs(solid.Pose.ToLocal(eye)) - solid.Extent;
            return gap.X < Clearance && gap.Y < Clearance && gap.Z < Clearance;
        });
    }
}
