using System.Numerics;

namespace EMDC.Scenes.Layouts;

/// <summary>The layouts of the family <c>test</c>. Each returns the size of the room that its lamps light.</summary>
internal static class TestLayouts
{
    public static Vector3 Build(Stage stage) => TrainLayouts.Build(stage);
}
