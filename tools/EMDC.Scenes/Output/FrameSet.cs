using EMDC.Scenes.Photographs;
using EMDC.Scenes.Sensor;
using EMDC.Scenes.World;

namespace EMDC.Scenes.Output;

/// <summary>A set of frames: scenes of one family and seed, each seen once or several times.</summary>
/// <param name="Family">Which world.</param>
/// <param name="Seed">Which of its sets.</param>
/// <param name="Scenes">How many scenes.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
internal sealed record FrameSet(Family Family, ulong Seed, int Scenes, int Height, int Width)
{
    /// <summary>Pictures of each scene.</summary>
    public int Shots { get; init; } = 1;

    /// <summary>Whether the camera moves between the shots of a scene; if not, only the sensors' noise differs.</summary>
    public bool IsMoving { get; init; }

    /// <summary>How far to the right of the depth sensor the camera stands that takes the colours, in metres.</summary>
    public float Beside { get; init; }

    /// <summary>The depth sensor's kind; null for the mix that training uses.</summary>
    public SensorKind? Sensor { get; init; }

    /// <summary>What textures and collages are made of.</summary>
    public PhotoLibrary? Photographs { get; init; }

    public int Count => checked(Scenes * Shots);

    /// <summary>What scene frame <paramref name="i"/> shows: <c>frame…</c>, <c>static…</c> or <c>moving…</c> and its number.</summary>
    public string SceneName(int i) => $"{(Shots == 1 ? "frame" : IsMoving ? "moving" : "static")}{i / Shots:000000}";

    /// <summary>A name for frame <paramref name="i"/> that no other has.</summary>
    public string FrameName(int i) => Shots == 1 ? SceneName(i) : $"{SceneName(i)}_{i % Shots:000}";
}

/// <summary>What a user chooses of a depth sensor.</summary>
internal sealed record SensorKind(SpotPattern Pattern, int Count, SpotEffects Effects);
