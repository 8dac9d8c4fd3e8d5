using System.Numerics;
using EMDC.Scenes.Photographs;
using EMDC.Scenes.World;

namespace EMDC.Scenes.Layouts;

/// <summary>Makes the scene of a number: a layout, lamps, and a camera.</summary>
internal static class SceneBuilder
{
    /// <summary>Raised whenever the same seed gives another picture.</summary>
    public const int Version = 4;

    private const float Clearance = 0.12f;
    private const int Attempts = 6;
    private const ulong Purpose = 0x5ce;

    /// <param name="family">Which world.</param>
    /// <param name="seed">Which of its sets.</param>
    /// <param name="number">The scene's number in the set.</param>
    /// <param name="shots">How long the camera will move; 1 for a single picture.</param>
    /// <param name="photographs">Textures besides the patterns.</param>
    public static Scene Build(Family family, ulong seed, long number, int shots = 1, PhotoLibrary? photographs = null)
    {
        for (int attempt = 1; ; attempt++)
        {
            var rng = new Rng(seed, (ulong)family, (ulong)number, Purpose, (ulong)attempt);
            var scene = new Scene();
            var stage = new Stage(scene, rng, family, photographs);
            stage.Light(family == Family.Train ? TrainLayouts.Build(stage) : TestLayouts.Build(stage));
            Clear(scene, shots);
            // A bare surface in the whole picture is a fair view, but one in a while is enough.
            if (attempt == Attempts || rng.Chance(0.1f) || !Composition.IsDull(scene))
            {
                return scene;
            }
        }
    }

    /// <summary>Takes away what the camera would stand in.</summary>
    private static void Clear(Scene scene, int shots)
    {
        for (int shot = 0; shot < shots; shot++)
        {
            Vector3 eye = (scene.Path is { } path ? path.At(shot) : scene.Camera).Pose.At;
            scene.Solids.RemoveAll(solid =>
            {
                Vector3 gap = Vector3.Abs(solid.Pose.ToLocal(eye)) - solid.Extent;
                return gap.X < Clearance && gap.Y < Clearance && gap.Z < Clearance;
            });
        }
    }
}
