using EMDC.Weights;

namespace EMDC.Bench;

/// <summary>The repository's weights and a frame by formula.</summary>
internal static class BenchWeights
{
    public static StateDict Load()
    {
        // Benchmarks run from a folder that BenchmarkDotNet makes below the repository.
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, "weights", "emdc.safetensors");
            if (File.Exists(path))
            {
                return StateDict.Load(path);
            }
        }

        throw new FileNotFoundException($"No weights/emdc.safetensors in the folders above {AppContext.BaseDirectory}.");
    }

    /// <summary>A slanted plane under a checkered texture, measured at 2 % of its pixels.</summary>
    public static void Frame(int height, int width, out byte[] rgb, out float[] sparse)
    {
        rgb = new byte[3 * height * width];
        sparse = new float[height * width];
        for (int i = 0; i < sparse.Length; i++)
        {
            int y = i / width, x = i % width;
            rgb.AsSpan(3 * i, 3).Fill((byte)(((y / 16) + (x / 16)) % 2 == 0 ? 60 : 180));
            sparse[i] = (y + (7 * (x / 7))) % 7 == 0 && x % 7 == 0 ? 1 + (3f * x / width) : 0;
        }
    }
}
