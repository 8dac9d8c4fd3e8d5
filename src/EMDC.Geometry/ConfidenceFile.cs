using EMDC.Imaging;

namespace EMDC.Geometry;

/// <summary>How sure a sensor is of each pixel, as it writes it: 8- or 16-bit grey (ARKit's 0, 1, 2; ToF amplitudes) or floats.</summary>
public static class ConfidenceFile
{
    // In a PNG the header comes first, its bit depth at this place.
    private const int BitDepth = 24;

    /// <summary>Sets measurements of less confidence than <paramref name="least"/> to 0.</summary>
    /// <returns>How many there were.</returns>
    /// <exception cref="IOException">The file is missing or may not be read.</exception>
    /// <exception cref="InvalidDataException">It is of another size or kind.</exception>
    public static int Apply(string path, float least, string depthPath, DepthMap depth)
    {
        DepthMap confidence = Read(path);
        if ((confidence.Height, confidence.Width) != (depth.Height, depth.Width))
        {
            throw new InvalidDataException(
                $"{path} is {confidence.Height}×{confidence.Width}, but {depthPath} is {depth.Height}×{depth.Width} (height × width); each depth needs its confidence.");
        }

        int dropped = 0;
        for (int i = 0; i < depth.Metres.Length; i++)
        {
            if (depth.Metres[i] > 0 && !(confidence.Metres[i] >= least))
            {
                depth.Metres[i] = 0;
                dropped++;
            }
        }

        return dropped;
    }

    private static DepthMap Read(string path)
    {
        byte[] file = FileBytes.Read(path);
        if (FileKinds.Of(file) != FileKind.Png || file.Length <= BitDepth || file[BitDepth] != 8)
        {
            return DepthFile.Read(path, new DepthReadOptions { Scale = 1 });
        }

        RgbImage grey = RgbFile.Read(path);
        return new DepthMap(grey.Width, grey.Height, [.. Enumerable.Range(0, grey.Width * grey.Height).Select(i => (float)grey.Pixels[3 * i])]);
    }
}
