using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using EMDC.Geometry;
using EMDC.Imaging;

namespace EMDC.Cli.View;

/// <summary>A completed frame as one HTML page that needs nothing else: view.html with the frame's numbers in it.</summary>
internal static class CloudView
{
    // A million points turn smoothly anywhere and make a page of about 5 MB.
    private const int MostPixels = 1_000_000;

    private const double GuessedView = 60;

    /// <summary>Writes the page, whole or not at all.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="title">What the frame is called.</param>
    /// <param name="rgb">The colour frame.</param>
    /// <param name="sparse">Its spots.</param>
    /// <param name="dense">Its depth.</param>
    /// <param name="camera">The colour camera; null where it is not known.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, string title, RgbImage rgb, DepthMap sparse, float[] dense, Camera? camera)
    {
        int every = (int)Math.Ceiling(Math.Sqrt((double)dense.Length / MostPixels));
        (int width, int height) = (rgb.Width / every, rgb.Height / every);
        Camera seen = camera ?? Camera.FromFieldOfView(
            rgb.Height, rgb.Width, GuessedView, 2 * Math.Atan(Math.Tan(GuessedView * Math.PI / 360) * rgb.Height / rgb.Width) * 180 / Math.PI);
        float farthest = Math.Max(dense.Max(), sparse.Metres.Max()), nearest = dense.Where(z => z > 0).DefaultIfEmpty(farthest).Min();
        string page = Template()
            .Replace("/*TITLE*/", WebUtility.HtmlEncode(title))
            .Replace("/*FRAME*/", Frame(height, width, nearest, farthest, seen, every, camera is null))
            .Replace("/*DATA*/", Data(rgb, sparse.Metres, dense, height, width, farthest, every));
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(page)));
    }

    private static string Template()
    {
        using var reader = new StreamReader(typeof(CloudView).Assembly.GetManifestResourceStream("view.html")!);
        return reader.ReadToEnd();
    }

    private static string Frame(int height, int width, float nearest, float farthest, Camera camera, int every, bool isGuessed)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("height", height);
            json.WriteNumber("width", width);
            json.WriteNumber("nearest", nearest);
            json.WriteNumber("farthest", farthest);
            json.WriteNumber("every", every);
            json.WriteBoolean("guessed", isGuessed);
            json.WriteStartObject("camera");
            json.WriteNumber("fx", camera.Fx / every);
            json.WriteNumber("fy", camera.Fy / every);
            json.WriteNumber("cx", camera.Cx / every);
            json.WriteNumber("cy", camera.Cy / every);
            json.WriteStartArray("distortion");
            foreach (double k in camera.Distortion)
            {
                json.WriteNumberValue(k);
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static string Data(RgbImage rgb, float[] sparse, float[] dense, int height, int width, float farthest, int every)
    {
        int n = height * width;
        var bytes = new byte[8 * n];
        for (int i = 0; i < n; i++)
        {
            (int x, int y) = (i % width * every, i / width * every);
            int at = y * rgb.Width + x;
            rgb.Pixels.AsSpan(3 * at, 3).CopyTo(bytes.AsSpan(3 * i));
            Depth(dense[at], 3 * n + 2 * i);

            // A spot anywhere in the block stands for it.
            float spot = 0;
            for (int k = 0; k < every * every && spot == 0; k++)
            {
                spot = sparse[(y + k / every) * rgb.Width + x + k % every];
            }

            Depth(spot, 5 * n + 2 * i);
            bytes[7 * n + i] = dense[at] > 0 && PointCloud.Flies(dense, rgb.Width, rgb.Height, x, y) ? (byte)1 : (byte)0;
        }

        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            zlib.Write(bytes);
        }

        return Convert.ToBase64String(packed.GetBuffer(), 0, (int)packed.Length);

        void Depth(float metres, int at)
        {
            int value = metres > 0 ? Math.Max(1, (int)MathF.Round(metres / farthest * 65535)) : 0;
            (bytes[at], bytes[at + 1]) = ((byte)value, (byte)(value >> 8));
        }
    }
}
