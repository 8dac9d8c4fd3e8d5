using System.Runtime.InteropServices;
using System.Text;

namespace EMDC.Training.Tests.Data;

/// <summary>Shards and recordings for tests: a wall at 4 m (blue), in front of its right half another at 2 m (red), cloudy both.</summary>
internal static class DataFolder
{
    public const int Height = 96, Width = 128, Frames = 5, Pixels = Height * Width;

    public static string Shard(TempFolder folder, string name)
    {
        Directory.CreateDirectory(folder[name]);
        var (rgb, depth, spots) = (new byte[Frames * 3 * Pixels], new ushort[Frames * Pixels], new ushort[Frames * 2 * Pixels]);
        for (int frame = 0; frame < Frames; frame++)
        {
            for (int i = 0; i < Pixels; i++)
            {
                bool near = IsNear(i % Width);
                byte shade = (byte)((i * 7 + frame * 13) % 60);
                int at = 3 * (frame * Pixels + i);
                (rgb[at], rgb[at + 1], rgb[at + 2]) = near ? ((byte)(190 + shade), (byte)(40 + shade), shade) : (shade, (byte)(40 + shade), (byte)(190 + shade));
                depth[frame * Pixels + i] = (ushort)(near ? 10_000 : 20_000);
                bool isSpot = i % Width % 8 == 3 && i / Width % 8 == 5;
                spots[2 * frame * Pixels + i] = spots[(2 * frame + 1) * Pixels + i] = isSpot ? depth[frame * Pixels + i] : (ushort)0;
            }
        }

        Npy(folder[$"{name}/rgb.npy"], "|u1", rgb, Frames, Height, Width, 3);
        Npy(folder[$"{name}/depth.npy"], "<u2", MemoryMarshal.AsBytes<ushort>(depth), Frames, Height, Width);
        Npy(folder[$"{name}/spots.npy"], "<u2", MemoryMarshal.AsBytes<ushort>(spots), Frames, 2, Height, Width);
        return folder[name];
    }

    public static bool IsNear(int x) => x >= Width / 2;

    public static void Npy(string path, string type, ReadOnlySpan<byte> data, params int[] shape)
    {
        string text = $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({string.Join(", ", shape)}), }}";
        using var file = File.Create(path);
        file.Write([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0, 118, 0]);
        file.Write(Encoding.ASCII.GetBytes(text.PadRight(117) + "\n"));
        file.Write(data);
    }
}
