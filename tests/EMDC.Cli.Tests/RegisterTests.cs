using System.Text.RegularExpressions;
using EMDC.Imaging;

namespace EMDC.Cli.Tests;

public sealed partial class RegisterTests : IDisposable
{
    private const int Height = 96, Width = 128;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_rigs_shift_is_printed_as_the_option_of_the_other_commands()
    {
        Write("a", 1, -2, "depth");
        Outcome outcome = Command.Run("register", "--rgb", _folder["a.png"], "--depth", _folder["a.exr"], "--device", "cpu");
        Assert.True(Found().IsMatch(outcome.Error), outcome.Error);
        Assert.Equal((0, $"--registration 1,-2{Environment.NewLine}"), (outcome.Code, outcome.Out));
        string[] option = outcome.Out.Trim().Split(' ');
        Command.Run(["complete", "--rgb", _folder["a.png"], "--depth", _folder["a.exr"], "--output", _folder["dense.exr"], "--quiet", .. option]).Succeeds();
    }

    [GeneratedRegex(@"\A1 frame, \d{4} spots kept from the network: their error is \d+\.\d\d % with the colours as they are and \d+\.\d\d % with the best of \d\d shifts, 1,-2 \(down, right\), \d+\.\d standard errors less\.\r?\n\z")]
    private static partial Regex Found();

    [Fact]
    public void Where_a_frame_tells_too_little_no_option_is_printed()
    {
        Write("a", 1, -2);
        Outcome outcome = Command.Run("register", "--rgb", _folder["a.png"], "--depth", _folder["a.exr"], "--device", "cpu");
        Assert.Equal((0, ""), (outcome.Code, outcome.Out));
        Assert.Contains(" standard errors less, which may be chance, so no option is printed; more frames tell more.", outcome.Error);
    }

    [Fact]
    public void Colours_that_lie_where_they_belong_are_named_so()
    {
        Write("a", 0, 0, "depth");
        Outcome outcome = Command.Run("register", "--list", _folder.Write("data.list", "a.png a.exr\n"), "--device", "cpu", "--quiet");
        outcome.Succeeds();
        Assert.Equal($"--registration 0,0{Environment.NewLine}", outcome.Out);
    }

    [Fact]
    public void A_shift_at_the_margin_is_refused()
    {
        Write("a", 0, 9, "depth");
        Outcome outcome = Command.Run("register", "--rgb", _folder["a.png"], "--depth", _folder["a.exr"], "--device", "cpu");
        Assert.Equal((1, ""), (outcome.Code, outcome.Out));
        Assert.Matches(@", -?\d,6 \(down, right\), which is the largest that was tried: the colours lie further off than 5 pixels, or turned, scaled or in parallax, and need a calibration\.\r?\n\z", outcome.Error);
    }

    [Fact]
    public void A_frame_that_does_not_serve_is_named()
    {
        Write("a", 0, 0);
        DepthFile.Write(_folder["empty.exr"], new float[Height * Width], Width, Height);
        const string few = "The frame has 0 spots, but a rig is registered with 100 or more in each.";
        string list = _folder.Write("data.list", "a.png a.exr\na.png empty.exr\n");
        Command.Run("register", "--list", list).Fails(1, $"{list}:2: {few}");
        Command.Run("register", "--rgb", _folder["a.png"], "--depth", _folder["empty.exr"]).Fails(1, $"{_folder["empty.exr"]}: {few}");
        list = _folder.Write("missing.list", "a.png a.exr\nb.png a.exr\n");
        Command.Run("register", "--list", list).Fails(1, $"{list}:2: {_folder["b.png"]}: there is no such file.");
    }

    [Fact]
    public void What_looks_odd_in_a_calibration_is_told()
    {
        Write("a", 0, 0);
        string cameras = _folder.Write("rig.json", """
            { "rgb": { "fx": 40, "fy": 40, "cx": 64, "cy": 48 }, "depth": { "fx": 40, "fy": 40, "cx": 64, "cy": 48 },
              "depth_to_rgb": { "rotation": [1, 0, 0, 0, 1, 0, 0, 0, 1], "translation": [25, 0, 0] } }
            """);
        Outcome outcome = Command.Run("register", "--rgb", _folder["a.png"], "--depth", _folder["a.exr"], "--calibration", cameras);
        Assert.Equal((1, ""), (outcome.Code, outcome.Out));
        string[] lines = outcome.Error.TrimEnd().Split(Environment.NewLine);
        Assert.Equal($"note: {cameras}: the depth sensor stands 25 m from the colour camera; is the translation in millimetres? Metres are needed.", lines[0]);
        Assert.StartsWith($"{_folder["a.exr"]}: none of the ", lines[1]);
    }

    [Fact]
    public void Ctrl_C_ends_it()
    {
        Write("a", 0, 0);
        using var interrupt = new CancellationTokenSource();
        interrupt.Cancel();
        Command.Run(interrupt.Token, "register", "--rgb", _folder["a.png"], "--depth", _folder["a.exr"]).Fails(130, "Interrupted.");
    }

    [Theory]
    [InlineData("", "register needs --list, or --rgb and --depth.")]
    [InlineData("--rgb r", "register needs --list, or --rgb and --depth.")]
    [InlineData("--list l --depth d", "--list and --depth exclude each other.")]
    [InlineData("--rgb r --depth d --frames 3", "--frames is for lists of frames and needs --list.")]
    [InlineData("--rgb r --depth d --points p", "--points and --depth exclude each other.")]
    [InlineData("--list l --frames 0", "--frames is '0', but needs a whole number from 1 to 1000.")]
    public void A_wrong_command_line_is_one_sentence(string options, string message) =>
        Command.Run(["register", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]).Fails(2, message, "Try 'emdc register --help'.");

    /// <summary>Writes the middle of a sample frame, the colours of the depth's pixel (y, x) at (y + down, x + right).</summary>
    private void Write(string name, int down, int right, string kind = "sparse")
    {
        string frame = Path.Combine(Clone.Root, "tests", "frames", "desk");
        RgbImage rgb = RgbFile.Read($"{frame}_rgb.png");
        DepthMap map = DepthFile.Read($"{frame}_{kind}.exr");
        int top = (map.Height - Height) / 2, left = (map.Width - Width) / 2;
        var colours = new byte[3 * Height * Width];
        var depth = new float[Height * Width];
        for (int y = 0; y < Height; y++)
        {
            rgb.Pixels.AsSpan(3 * ((top + y - down) * map.Width + left - right), 3 * Width).CopyTo(colours.AsSpan(3 * y * Width));
            map.Metres.AsSpan((top + y) * map.Width + left, Width).CopyTo(depth.AsSpan(y * Width));
        }

        RgbFile.Write(_folder[$"{name}.png"], new RgbImage(Width, Height, colours));
        DepthFile.Write(_folder[$"{name}.exr"], depth, Width, Height);
    }
}
