using System.Text.RegularExpressions;
using EMDC.Imaging;

namespace EMDC.Cli.Tests;

public sealed partial class CompleteTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _rgb, _depth, _output;

    public CompleteTests()
    {
        (_rgb, _depth) = Sample.Write(_folder);
        _output = _folder["dense.exr"];
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_frame_becomes_a_depth_map_and_one_line()
    {
        Outcome outcome = Complete("--threads", "1");
        outcome.Succeeds();
        float[] dense = Sample.Complete(Sample.Frame.Sparse);
        Assert.Equal(dense, DepthFile.Read(_output).Metres);
        Match line = Line().Match(outcome.Out);
        Assert.True(line.Success, outcome.Out);
        Assert.Equal($"{Sample.Spots} spots", line.Groups["spots"].Value);
        Assert.Equal($"{dense.Min():F2}–{dense.Max():F2} m", line.Groups["range"].Value);
    }

    [GeneratedRegex(@"\Acpu \([^,]+, 1 thread\): 32×40, (?<spots>\d+ spots), \d+\.\d ms \(first frame\), (?<range>\d+\.\d\d–\d+\.\d\d m)\r?\n\z")]
    private static partial Regex Line();

    [Fact]
    public void A_photograph_that_asks_to_be_turned_is_turned_and_told_of()
    {
        // One segment of EXIF data, in it the orientation 3: upside down.
        byte[] exif = [0xFF, 0xE1, 0, 34, .. "Exif\0\0II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0];
        var jpeg = new MemoryStream();
        SixLabors.ImageSharp.Image.LoadPixelData<SixLabors.ImageSharp.PixelFormats.Rgb24>(Sample.Frame.Rgb, Sample.Width, Sample.Height)
            .Save(jpeg, new SixLabors.ImageSharp.Formats.Jpeg.JpegEncoder());
        File.WriteAllBytes(_rgb, [.. jpeg.ToArray()[..2], .. exif, .. jpeg.ToArray()[2..]]);
        Outcome outcome = Complete();
        Assert.Equal(0, outcome.Code);
        Assert.Equal(
            $"note: {_rgb}: the picture was turned as its EXIF orientation 3 asks and is now 32×40 (height × width); the depth must lie on it so.",
            outcome.Error.TrimEnd());
    }

    [Fact]
    public void All_maps_are_the_engines()
    {
        string global = _folder["g.npy"], local = _folder["l.pfm"], confidence = _folder["c.bin"];
        Complete("--global", global, "--local", local, "--confidence", confidence).Succeeds();
        int pixels = Sample.Height * Sample.Width;
        float[] dense = new float[pixels], g = new float[pixels], l = new float[pixels], c = new float[pixels];
        using var engine = Emdc.Load(Sample.Weights);
        engine.Complete(
            Sample.Frame.Rgb, Sample.Frame.Sparse, new DepthMaps { Dense = dense, Global = g, Local = l, Confidence = c }, Sample.Height, Sample.Width);
        Assert.Equal(dense, DepthFile.Read(_output).Metres);
        Assert.Equal(g, DepthFile.Read(global).Metres);
        Assert.Equal(l, DepthFile.Read(local).Metres);
        Assert.Equal(c, DepthFile.Read(confidence, new DepthReadOptions { Size = (Sample.Height, Sample.Width) }).Metres);
        Assert.Equal(["c.bin", "dense.exr", "frame.exr", "frame.png", "g.npy", "l.pfm"], _folder.Files);
    }

    [Fact]
    public void A_preview_has_three_pictures_side_by_side()
    {
        Complete("--preview", _folder["p.png"]).Succeeds();
        RgbImage preview = RgbFile.Read(_folder["p.png"]);
        Assert.True(preview.Width > 3 * Sample.Width && preview.Height >= Sample.Height, $"{preview.Height}×{preview.Width}");
        Assert.Equal(["dense.exr", "frame.exr", "frame.png", "p.png"], _folder.Files);
    }

    [Fact]
    public void Quiet_prints_nothing_when_all_is_well()
    {
        DepthFile.Write(_folder["mm.png"], Sample.Frame.Sparse, Sample.Width, Sample.Height);
        Outcome outcome = Command.Run("complete", "--device", "cpu", "--rgb", _rgb, "--depth", _folder["mm.png"], "--output", _output, "--quiet");
        outcome.Succeeds();
        Assert.Equal("", outcome.Out);
    }

    [Fact]
    public void Keep_measured_keeps_every_spot()
    {
        Complete("--keep-measured").Succeeds();
        float[] dense = DepthFile.Read(_output).Metres;
        Assert.All(Enumerable.Range(0, dense.Length).Where(i => Sample.Frame.Sparse[i] > 0), i => Assert.Equal(Sample.Frame.Sparse[i], dense[i]));
    }

    [Fact]
    public void A_grey_frame_is_three_equal_channels_and_alpha_is_ignored()
    {
        int pixels = Sample.Height * Sample.Width;
        byte[] grey = [.. Enumerable.Range(0, pixels).Select(i => Sample.Frame.Rgb[3 * i])];
        byte[] rgba = [.. grey.SelectMany((value, i) => new[] { value, value, value, (byte)i })];
        File.WriteAllBytes(_folder["grey.png"], Sample.Png(Sample.Height, Sample.Width, 0, grey));
        File.WriteAllBytes(_folder["rgba.png"], Sample.Png(Sample.Height, Sample.Width, 6, rgba));
        Command.Run("complete", "--device", "cpu", "--rgb", _folder["grey.png"], "--depth", _depth, "--output", _folder["1.exr"]).Succeeds();
        Command.Run("complete", "--device", "cpu", "--rgb", _folder["rgba.png"], "--depth", _depth, "--output", _folder["2.exr"]).Succeeds();
        Assert.Equal(File.ReadAllBytes(_folder["1.exr"]), File.ReadAllBytes(_folder["2.exr"]));
    }

    [Fact]
    public void A_png_without_a_unit_is_read_as_millimetres_and_says_so()
    {
        DepthFile.Write(_folder["mm.png"], Sample.Frame.Sparse, Sample.Width, Sample.Height);
        Command.Run("complete", "--device", "cpu", "--rgb", _rgb, "--depth", _folder["mm.png"], "--output", _output).Succeeds(
            $"note: {_folder["mm.png"]}: integers without a unit are read as millimetres; --depth-scale or --depth-format names another.");
        Assert.Equal(Sample.Complete(DepthFile.Read(_folder["mm.png"]).Metres), DepthFile.Read(_output).Metres);
    }

    [Theory]
    [InlineData("--depth-scale", "0.0005", 0.0005f)]
    [InlineData("--depth-format", "kitti", 1f / 256)]
    [InlineData("--depth-format", "tum", 1f / 5000)]
    [InlineData("--depth-format", "nyu", 0.001f)]
    [InlineData("--depth-format", "realsense", 0.001f)]
    public void A_png_goes_out_in_the_unit_it_came_in(string option, string value, float scale)
    {
        DepthFile.Write(_folder["in.png"], Sample.Frame.Sparse, Sample.Width, Sample.Height, scale);
        Command.Run("complete", "--device", "cpu", "--rgb", _rgb, "--depth", _folder["in.png"], "--output", _folder["out.png"], option, value).Succeeds();
        var reading = new DepthReadOptions { Scale = scale };
        float[] expected = Sample.Complete(DepthFile.Read(_folder["in.png"], reading).Metres);
        float[] actual = DepthFile.Read(_folder["out.png"], reading).Metres;
        // Half a unit of rounding, and float32's own.
        Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.Second, pair.First - (0.501f * scale), pair.First + (0.501f * scale)));
    }

    [Fact]
    public void A_bin_needs_its_size()
    {
        string bin = _folder["d.bin"];
        DepthFile.Write(bin, Sample.Frame.Sparse, Sample.Width, Sample.Height);
        Command.Run("complete", "--device", "cpu", "--rgb", _rgb, "--depth", bin, "--output", _output).Fails(
            1, $"{bin}: raw numbers do not tell their size, so --size HEIGHTxWIDTH is needed (the file has {4 * Sample.Height * Sample.Width} bytes, mostly 2 or 4 a pixel).");
        Command.Run("complete", "--device", "cpu", "--rgb", _rgb, "--depth", bin, "--output", _output, "--size", "32x40").Succeeds();
    }

    [Fact]
    public void A_missing_input_is_one_sentence()
    {
        Command.Run("complete", "--device", "cpu", "--rgb", _folder["no.png"], "--depth", _depth, "--output", _output).Fails(1, $"{_folder["no.png"]}: there is no such file.");
        Command.Run("complete", "--device", "cpu", "--rgb", _rgb, "--depth", _folder["no.exr"], "--output", _output).Fails(1, $"{_folder["no.exr"]}: there is no such file.");
        Complete("--weights", _folder["no.safetensors"]).Fails(1, $"{_folder["no.safetensors"]}: there is no such file.");
        NothingWasWritten();
    }

    [Fact]
    public void Frames_of_two_sizes_are_refused_with_both()
    {
        DepthFile.Write(_folder["small.exr"], new float[30 * 40], 40, 30);
        Command.Run("complete", "--device", "cpu", "--rgb", _rgb, "--depth", _folder["small.exr"], "--output", _output).Fails(
            1, $"{_rgb} is 32×40, but {_folder["small.exr"]} is 30×40 (height × width); they must be registered pixel on pixel. --align scale takes depth of the same field of view at another size, --calibration that of another camera.");
        NothingWasWritten("small.exr");
    }

    [Fact]
    public void Frames_too_small_for_the_network_are_refused()
    {
        RgbFile.Write(_folder["s.png"], new RgbImage(7, 8, new byte[3 * 7 * 8]));
        DepthFile.Write(_folder["s.exr"], new float[7 * 8], 7, 8);
        Command.Run("complete", "--device", "cpu", "--rgb", _folder["s.png"], "--depth", _folder["s.exr"], "--output", _output).Fails(
            1, $"{_folder["s.exr"]}: A frame of 8×7 is out of range: both sides must be 8 to 16384 pixels.");
        NothingWasWritten("s.exr", "s.png");
    }

    [Fact]
    public void A_depth_map_without_spots_is_refused()
    {
        DepthFile.Write(_folder["none.exr"], new float[Sample.Height * Sample.Width], Sample.Width, Sample.Height);
        Command.Run("complete", "--device", "cpu", "--rgb", _rgb, "--depth", _folder["none.exr"], "--output", _output).Fails(
            1, $"{_folder["none.exr"]}: The sparse depth has no value above 0 and up to 20 m; at least one measured pixel is needed.");
        NothingWasWritten("none.exr");
    }

    [Fact]
    public void Odd_values_are_noted()
    {
        float[] sparse = [.. Sample.Frame.Sparse];
        (sparse[0], sparse[1], sparse[2], sparse[3]) = (float.NaN, float.PositiveInfinity, -1, 25);
        DepthFile.Write(_folder["odd.npy"], sparse, Sample.Width, Sample.Height);
        Command.Run("complete", "--device", "cpu", "--rgb", _rgb, "--depth", _folder["odd.npy"], "--output", _output).Succeeds(
            $"note: {_folder["odd.npy"]}: 3 pixels hold NaN, an infinity or a negative depth and count as not measured.",
            $"note: {_folder["odd.npy"]}: 1 of {sparse.Count(v => v is > 0 and < 30)} spots lie beyond 20 m and were dropped (--max-depth).");
        Command.Run("complete", "--device", "cpu", "--rgb", _rgb, "--depth", _folder["odd.npy"], "--output", _output, "--max-depth", "30").Succeeds(
            $"note: {_folder["odd.npy"]}: 3 pixels hold NaN, an infinity or a negative depth and count as not measured.");
    }

    [Fact]
    public void A_wrong_unit_is_guessed_from_the_median()
    {
        float[] millimetres = [.. Sample.Frame.Sparse.Select(metres => 1000 * metres)];
        float[] measured = [.. millimetres.Where(v => v > 0).Order()];
        string Range(float scale) => $"--depth-scale {scale} makes it {measured[0] * scale:G3}–{measured[^1] * scale:G3} m";
        DepthFile.Write(_folder["mm.npy"], millimetres, Sample.Width, Sample.Height);
        Command.Run("complete", "--device", "cpu", "--rgb", _rgb, "--depth", _folder["mm.npy"], "--output", _output).Fails(
            1,
            $"note: {_folder["mm.npy"]}: the median depth is {measured[measured.Length / 2]:G4} m; is the scale right? {Range(0.001f)} or {Range(0.01f)}.",
            $"{_folder["mm.npy"]}: The sparse depth has no value above 0 and up to 20 m; at least one measured pixel is needed.");
    }

    [Fact]
    public void A_damaged_input_leaves_nothing_behind()
    {
        File.WriteAllBytes(_folder["cut.png"], File.ReadAllBytes(_rgb)[..60]);
        Outcome outcome = Command.Run("complete", "--device", "cpu", "--rgb", _folder["cut.png"], "--depth", _depth, "--output", _output);
        Assert.Equal(1, outcome.Code);
        Assert.StartsWith($"{_folder["cut.png"]}: ", outcome.Error);
        Assert.Single(outcome.Error.TrimEnd().Split('\n'));
        NothingWasWritten("cut.png");
    }

    [Fact]
    public void What_is_bounded_is_told_in_the_line()
    {
        using var engine = Emdc.Load(Sample.Weights, new EmdcOptions { Device = "cpu", Threads = 1 });
        var result = new FrameResult(192, 256, new FrameReport(768, 768, 192, 256, 394, 68), 1, 0.15f, 8);
        Assert.EndsWith(": 192×256, 768 spots, 1.0 ms (first frame), 0.15–8.00 m, 68 pixels bounded from below", CompletionLine.Of(engine, result));
    }

    [Fact]
    public void Raw_is_the_bare_network()
    {
        Complete("--raw").Succeeds();
        float[] raw = Sample.Complete(Sample.Frame.Sparse, new EmdcOptions { Raw = true });
        Assert.Equal(raw, DepthFile.Read(_output).Metres);
        Assert.NotEqual(raw, Sample.Complete(Sample.Frame.Sparse));
    }

    [Fact]
    public void The_size_that_the_network_works_at_is_told_and_can_be_chosen()
    {
        Outcome outcome = Complete("--scale", "0.5");
        outcome.Succeeds();
        Assert.Contains(": 32×40 by way of 16×20 (--scale), ", outcome.Out);
        Assert.Equal(Sample.Complete(Sample.Frame.Sparse, new EmdcOptions { Scale = 0.5f }), DepthFile.Read(_output).Metres);
        Assert.Equal(2, Complete("--scale", "1.5").Code);
        Complete("--scale", "0.5", "--raw").Fails(2, "--scale and --raw exclude each other.", "Try 'emdc complete --help'.");
    }

    [Fact]
    public void Colours_beside_the_depth_are_told_of_unless_that_is_known()
    {
        // Boards before a wall, and their colours two rows further down and a column to the left.
        const int height = 96, width = 128;
        int Board(int y, int x) => y is >= 0 and < height && x is >= 0 and < width && y % 24 > 5 && x % 32 > 7 ? 1 + y / 24 * 4 + x / 32 : 0;
        float[] sparse = [.. Enumerable.Range(0, height * width).Select(i => i / width % 5 == 2 && i % width % 5 == 2 ? 3 - 0.125f * Board(i / width, i % width) : 0)];
        byte[] colours = [.. Enumerable.Range(0, height * width).SelectMany(i => Enumerable.Range(1, 3).Select(c => (byte)(Board(i / width - 2, i % width + 1) * 53 * c)))];
        RgbFile.Write(_rgb, new RgbImage(width, height, colours));
        DepthFile.Write(_depth, sparse, width, height);
        Complete().Succeeds(
            $"note: {_rgb}: the colours lie beside the depth by 2,-1 pixels (down, right), which was taken into account; --registration 2,-1 takes it as known, 0,0 leaves them as they are.");
        float[] found = DepthFile.Read(_output).Metres;
        Complete("--registration", "2,-1").Succeeds();
        Assert.Equal(found, DepthFile.Read(_output).Metres);
        Complete("--registration", "0,0").Succeeds();
        Assert.NotEqual(found, DepthFile.Read(_output).Metres);

        File.WriteAllText(_folder["data.list"], "frame.png frame.exr frame.exr\n");
        Assert.Contains("; colours beside the depth in 1", Command.Run("evaluate", "--device", "cpu", "--list", _folder["data.list"], "--baseline", "none").Out);
        Command.Run("complete", "--device", "cpu", "--list", _folder["data.list"], "--output-dir", _folder["out"], "--report", _folder["report.json"], "--quiet").Succeeds();
        Assert.Contains("\"shift\":[2,-1]", File.ReadAllText(_folder["report.json"]).Replace(" ", "").Replace("\n", ""));
    }

    [Fact]
    public void Fewer_spots_than_the_network_can_use_are_noted()
    {
        var sparse = new float[Sample.Height * Sample.Width];
        (sparse[100], sparse[900]) = (1, 2);
        DepthFile.Write(_folder["few.npy"], sparse, Sample.Width, Sample.Height);
        Command.Run("complete", "--device", "cpu", "--rgb", _rgb, "--depth", _folder["few.npy"], "--output", _output).Succeeds(
            $"note: {_folder["few.npy"]}: 2 spots are fewer than the network can use (11 at 32×40); between them the depth is little more than a guess.");
    }

    [Fact]
    public void Two_options_never_name_one_file()
    {
        Complete("--global", _output).Fails(1, $"--output and --global would both be written to {_output}.");
        string other = Path.Combine(_folder.Root, ".", "frame.png");
        Complete("--preview", other).Fails(1, $"--preview would be written to {other}, but that file is read by --rgb ({_rgb}).");
        File.CreateSymbolicLink(_folder["link.exr"], _depth);
        Complete("--local", _folder["link.exr"]).Fails(
            1, $"--local would be written to {_folder["link.exr"]}, but that file is read by --depth ({_depth}).");
        NothingWasWritten("link.exr");
    }

    [Fact]
    public void Outputs_that_cannot_be_written_are_found_before_anything_is_read()
    {
        // The inputs do not exist, so these messages can only come from checks that are made first.
        string missing = _folder["no/dense.exr"];
        Run("--output", missing).Fails(1, $"{missing}: the folder {_folder["no"]} does not exist.");
        Run("--output", _output, "--global", missing).Fails(1, $"{missing}: the folder {_folder["no"]} does not exist.");
        Directory.CreateDirectory(_folder["sub.exr"]);
        Run("--output", _folder["sub.exr"]).Fails(1, $"{_folder["sub.exr"]}: this is a folder, but a file is to be written.");
        Run("--output", _folder["a.jpg"]).Fails(
            1, $"{_folder["a.jpg"]}: the extension '.jpg' names no depth format; .exr, .npy, .pfm, .bin, .png and .pgm can be written.");
        Run("--output", _output, "--preview", _folder["p.jpg"]).Fails(1, $"{_folder["p.jpg"]}: the extension is '.jpg', but a preview is written as .png.");
        NothingWasWritten();

        static Outcome Run(params string[] outputs) => Command.Run(["complete", "--rgb", "no.png", "--depth", "no.exr", .. outputs]);
    }

    [Fact]
    public void A_folder_without_permission_is_found_before_anything_is_read()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has other permissions.");
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "Root may write everywhere.");
        Command.Finish(Command.Start("mkdir", ["-m", "555", _folder["locked"]])).Succeeds();
        string output = _folder["locked/dense.exr"];
        Command.Run("complete", "--rgb", "no.png", "--depth", "no.exr", "--output", output).Fails(
            1, $"{output}: nothing can be written to the folder {_folder["locked"]}.");
    }

    [Fact]
    public void Weights_of_another_kind_are_refused()
    {
        File.WriteAllBytes(_folder["w.safetensors"], [1, 2, 3]);
        Complete("--weights", _folder["w.safetensors"]).Fails(
            1, $"{_folder["w.safetensors"]}: the file has 3 bytes, but a safetensors file begins with 8 that give the header's length.");
        NothingWasWritten("w.safetensors");
    }

    [Fact]
    public void Ctrl_C_writes_nothing()
    {
        Command.Run(new CancellationToken(canceled: true), "complete", "--device", "cpu", "--rgb", _rgb, "--depth", _depth, "--output", _output).Fails(130, "Interrupted.");
        NothingWasWritten();
    }

    [Fact]
    public void A_result_that_is_not_finite_is_not_written()
    {
        string weights = TestWeights.Write(_folder["huge.safetensors"], scale: 1e30f);
        Complete("--weights", weights).Fails(
            1, $"{_depth}: the network's result is not finite, so nothing was written; do the weights fit this kind of input?");
        NothingWasWritten("huge.safetensors");
    }

    private Outcome Complete(params string[] more) => Command.Run(["complete", "--device", "cpu", "--rgb", _rgb, "--depth", _depth, "--output", _output, .. more]);

    private void NothingWasWritten(params string[] others) =>
        Assert.Equal(others.Concat(["frame.exr", "frame.png"]).Order(StringComparer.Ordinal), _folder.Files);
}
