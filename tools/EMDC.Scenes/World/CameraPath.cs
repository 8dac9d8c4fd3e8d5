using System.Numerics;

namespace EMDC.Scenes.World;

/// <summary>A hand that moves a camera about: slow waves in place and direction that begin at the camera's own pose.</summary>
internal sealed class CameraPath
{
    private readonly Camera _start;
    private readonly Vector3 _low, _high, _reach, _turn, _phase;
    private readonly float _speed;

    /// <param name="rng">Draws how far and how fast.</param>
    /// <param name="start">The pose at time 0.</param>
    /// <param name="low">The camera stays in this box.</param>
    /// <param name="high">Its other corner.</param>
    public CameraPath(Rng rng, Camera start, Vector3 low, Vector3 high)
    {
        (_start, _low, _high) = (start, low, high);
        _reach = rng.LogRange(0.05f, 0.35f) * new Vector3(rng.Range(-1, 1), rng.Range(-0.5f, 0.5f), rng.Range(-1, 1));
        _turn = rng.LogRange(0.03f, 0.3f) * new Vector3(rng.Range(-1, 1), rng.Range(-0.5f, 0.5f), rng.Range(-0.2f, 0.2f));
        _phase = new(rng.Range(0, 3), rng.Range(0, 3), rng.Range(0, 3));
        _speed = rng.Range(0.08f, 0.25f);
    }

    /// <summary>The camera after <paramref name="shot"/> frames.</summary>
    public Camera At(int shot)
    {
        Vector3 swing = new(Swing(shot, _phase.X), Swing(shot, _phase.Y), Swing(shot, _phase.Z));
        Vector3 turn = _turn * swing;
        Pose pose = _start.Pose.Child(Pose.Of(_reach * swing, turn.X, turn.Y, turn.Z));
        return _start with { Pose = pose with { At = Vector3.Clamp(pose.At, _low, _high) } };
    }

    private float Swing(int shot, float phase) => MathF.Sin(_speed * shot + phase) - MathF.Sin(phase);
}
