namespace EMDC.Scenes.Render;

/// <summary>A picture before any sensor: linear light, z-depth in metres, and what a ToF spot would get back.</summary>
internal sealed class Rendering(int width, int height)
{
    public const float Nearest = 0.1f, Farthest = 10;

    public int Width { get; } = width;

    public int Height { get; } = height;

    /// <summary>Height × Width × 3.</summary>
    public float[] Radiance { get; } = new float[3 * width * height];

    /// <summary>Height × Width: metres along the camera's axis; 0 without ground truth.</summary>
    public float[] Depth { get; } = new float[width * height];

    /// <summary>Height × Width: reflectance for the sensor's light with the angle in it, about 0…1; 0 where nothing comes back.</summary>
    public float[] Returns { get; } = new float[width * height];

    /// <summary>Height × Width: number of the solid in the scene; −1 for none.</summary>
    public int[] Solid { get; } = new int[width * height];
}
