using EMDC.Imaging;

namespace EMDC.Cli;

/// <summary>Colour frame and depth map must show the same pixels; the sizes are what can be checked of that.</summary>
internal static class Registration
{
    /// <param name="rgbPath">The colour frame's name.</param>
    /// <param name="rgb">The colour frame.</param>
    /// <param name="depthPath">The depth map's name.</param>
    /// <param name="depth">The depth map.</param>
    /// <param name="remedy">What the message goes on with.</param>
    /// <exception cref="UserError">The sizes differ.</exception>
    public static void Check(string rgbPath, RgbImage rgb, string depthPath, DepthMap depth, string remedy = "")
    {
        if ((rgb.Height, rgb.Width) != (depth.Height, depth.Width))
        {
            throw new UserError(
                $"{rgbPath} is {rgb.Height}×{rgb.Width}, but {depthPath} is {depth.Height}×{depth.Width} (height × width); they must be registered pixel on pixel.{remedy}");
        }
    }
}
