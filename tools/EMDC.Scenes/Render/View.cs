using System.Numerics;
using System.Runtime.Intrinsics;
using EMDC.Scenes.World;

namespace EMDC.Scenes.Render;

/// <summary>Rays through image points; a pixel's centre lies at + 0.5. Their z in the camera's frame is 1, so that t is z-depth.</summary>
internal readonly struct View
{
    private readonly Vector3 _x, _y;
    private readonly float _focal, _centreX, _centreY;

    public View(Camera camera, int width, int height)
    {
        (_x, _y, Z, Eye) = (camera.Pose.X, camera.Pose.Y, camera.Pose.Z, camera.Pose.At);
        _focal = camera.Focal * width;
        (_centreX, _centreY) = (width / 2f, height / 2f);
    }

    public Vector3 Eye { get; }

    public Vector3 Z { get; }

    /// <summary>What a pixel covers at a depth of one metre.</summary>
    public float PixelSize => 1 / _focal;

    public Vector3 Direction(float x, float y) => (x - _centreX) / _focal * _x + (_centreY - y) / _focal * _y + Z;

    public Rays Rays(Vector256<float> x, Vector256<float> y)
    {
        Vector256<float> a = (x - Vector256.Create(_centreX)) * (1 / _focal), b = (Vector256.Create(_centreY) - y) * (1 / _focal);
        return new Rays
        {
            Ox = Vector256.Create(Eye.X),
            Oy = Vector256.Create(Eye.Y),
            Oz = Vector256.Create(Eye.Z),
            Dx = a * _x.X + b * _y.X + Vector256.Create(Z.X),
            Dy = a * _x.Y + b * _y.Y + Vector256.Create(Z.Y),
            Dz = a * _x.Z + b * _y.Z + Vector256.Create(Z.Z),
        };
    }

    /// <summary>Normal of the plane through the eye and a line of the image, towards what lies below (or above) the line.</summary>
    public Vector3 RowNormal(float y, bool below)
    {
        Vector3 normal = _y - (_centreY - y) / _focal * Z;
        return below ? -normal : normal;
    }

    /// <summary>Normal of the plane through the eye and a column of the image, towards what lies right (or left) of it.</summary>
    public Vector3 ColumnNormal(float x, bool toRight)
    {
        Vector3 normal = _x - (x - _centreX) / _focal * Z;
        return toRight ? normal : -normal;
    }
}
