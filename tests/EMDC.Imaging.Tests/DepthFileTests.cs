namespace EMDC.Imaging.Tests;

public sealed class DepthFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Floats_are_metres()
    {
        var map = DepthFile.Read(Fixture.Path("float_zip.exr"));
        Assert.Equal((19, 13), (map.Height, map.Width));
        Assert.Equal(Pictures.Depth(19, 13), map.Metres);
        Assert.Equal((0, false), (map.InvalidCount, map.UsedDefaultScale));
        Assert.Empty(map.Notes);
    }

    [Fact]
    public void Integers_are_millimetres_unless_told()
    {
        var map = DepthFile.Read(Fixture.Path("grey16.png"));
        Assert.Equal(Pictures.Count(9, 11).Select(count => count * 0.001f), map.Metres);
        Assert.True(map.UsedDefaultScale);
    }

    [Theory]
    [InlineData(DepthFormat.Kitti, 256)]
    [InlineData(DepthFormat.Nyu, 1000)]
    [InlineData(DepthFormat.Tum, 5000)]
    [InlineData(DepthFormat.RealSense, 1000)]
    public void Formats_imply_the_unit(DepthFormat format, int unitsPerMetre)
    {
        var map = DepthFile.Read(Fixture.Path("grey16.png"), new DepthReadOptions { Format = format });
        Assert.Equal(Pictures.Count(9, 11).Select(count => count * (1f / unitsPerMetre)), map.Metres);
        Assert.False(map.UsedDefaultScale);
    }

    [Theory]
    [InlineData("grey16.png")]
    [InlineData("little_u2.npy")]
    [InlineData("float_zip.exr")]
    public void A_scale_multiplies_integers_and_floats(string file)
    {
        var raw = DepthFile.Read(Fixture.Path(file), new DepthReadOptions { Scale = 1 });
        var scaled = DepthFile.Read(Fixture.Path(file), new DepthReadOptions { Scale = 0.25f });
        Assert.Equal(raw.Metres.Select(value => value / 4), scaled.Metres);
        Assert.False(scaled.UsedDefaultScale);
    }

    [Fact]
    public void Mipi_means_floats()
    {
        var map = DepthFile.Read(Fixture.Path("half_zip.exr"), new DepthReadOptions { Format = DepthFormat.Mipi });
        Assert.Equal(Pictures.Depth(19, 13), map.Metres);
    }

    [Theory]
    [InlineData("grey16.png", DepthFormat.Mipi, "the depth format mipi means floats, but this file holds integers.")]
    [InlineData("float_zip.exr", DepthFormat.Kitti, "the depth format kitti means integers, but this file holds floats.")]
    [InlineData("little_f4.npy", DepthFormat.RealSense, "the depth format realsense means integers, but this file holds floats.")]
    public void Formats_refuse_other_files(string file, DepthFormat format, string sentence)
    {
        string path = Fixture.Path(file);
        var error = Assert.Throws<InvalidDataException>(() => DepthFile.Read(path, new DepthReadOptions { Format = format }));
        Assert.Equal($"{path}: {sentence}", error.Message);
    }

    [Fact]
    public void Invalid_values_become_0_and_are_counted()
    {
        var map = DepthFile.Read(Fixture.Path("nan.exr"));
        Assert.Equal([0, 0, 0, 0, 2], map.Metres);
        Assert.Equal(4, map.InvalidCount);
    }

    [Theory]
    [InlineData(2310, null, "the median depth is 2310 m; is the scale right? --depth-scale 0.001 makes it 2.31–2.31 m or --depth-scale 0.003906 makes it 9.02–9.02 m.")]
    [InlineData(0.00231f, null, "the median depth is 0.00231 m; is the scale right? No usual unit makes all of it plausible, --depth-scale names another.")]
    [InlineData(2.31f, 0.001f, "the median depth is 0.00231 m; is the scale right? --depth-scale 1 makes it 2.31–2.31 m.")]
    [InlineData(2.31f, 100f, "the median depth is 231 m; is the scale right? --depth-scale 1 makes it 2.31–2.31 m.")]
    public void An_odd_median_is_noted(float depth, float? scale, string sentence)
    {
        string path = _folder["f.npy"];
        DepthFile.Write(path, [0, depth, 0, depth, depth, 0], 3, 2);
        var map = DepthFile.Read(path, new DepthReadOptions { Scale = scale });
        Assert.Equal([$"{path}: {sentence}"], map.Notes);
    }

    [Fact]
    public void An_empty_map_is_not_noted()
    {
        DepthFile.Write(_folder["f.npy"], new float[6], 3, 2);
        Assert.Empty(DepthFile.Read(_folder["f.npy"]).Notes);
    }

    [Theory]
    [InlineData("f.exr")]
    [InlineData("f.EXR")]
    [InlineData("f.npy")]
    [InlineData("f.pfm")]
    public void Float_formats_are_read_back_exactly(string file)
    {
        var depth = Pictures.Depth(37, 29);
        DepthFile.Write(_folder[file], depth, 29, 37);
        var map = DepthFile.Read(_folder[file]);
        Assert.Equal((37, 29), (map.Height, map.Width));
        Assert.Equal(depth, map.Metres);
        Assert.Equal([file], _folder.Files);
    }

    [Theory]
    [InlineData("f.png")]
    [InlineData("f.pgm")]
    public void Integer_formats_are_read_back_to_half_a_unit(string file)
    {
        var depth = Pictures.Depth(37, 29);
        DepthFile.Write(_folder[file], depth, 29, 37, 1f / 256);
        var map = DepthFile.Read(_folder[file], new DepthReadOptions { Format = DepthFormat.Kitti });
        Assert.Equal(depth, map.Metres); // multiples of 1/256
        DepthFile.Write(_folder[file], depth, 29, 37);
        map = DepthFile.Read(_folder[file]);
        for (int i = 0; i < depth.Length; i++)
        {
            Assert.InRange(map.Metres[i], depth[i] - 0.000501f, depth[i] + 0.000501f);
        }

        Assert.Equal([file], _folder.Files);
    }

    [Theory]
    [InlineData("f.bin")]
    [InlineData("f.raw")]
    public void Bare_floats_need_a_size(string file)
    {
        string path = _folder.Put(file, Fixture.Bytes("depth.bin"));
        var map = DepthFile.Read(path, new DepthReadOptions { Size = (5, 7), Format = DepthFormat.Mipi });
        Assert.Equal(Pictures.Depth(5, 7), map.Metres);
        AssertReadFails<InvalidDataException>(
            path, "raw numbers do not tell their size, so --size HEIGHTxWIDTH is needed (the file has 140 bytes, mostly 2 or 4 a pixel).");
    }

    [Fact]
    public void A_size_must_agree_with_the_file()
    {
        string path = Fixture.Path("grey16.png");
        var error = Assert.Throws<InvalidDataException>(() => DepthFile.Read(path, new DepthReadOptions { Size = (11, 9) }));
        Assert.Equal($"{path}: the size given is 11×9 (height × width), but the file holds 9×11.", error.Message);
        Assert.Equal(9, DepthFile.Read(path, new DepthReadOptions { Size = (9, 11) }).Height);
    }

    [Fact]
    public void Refuses_JPEG_and_unknown_extensions()
    {
        AssertReadFails<InvalidDataException>(
            Fixture.Path("baseline_444.jpg"), "depth is not read from a JPEG, but from EXR, NPY, NPZ, PFM, PNG, PGM, TIFF or raw numbers.");
        AssertWriteFails(
            _folder["f.tiff"], "the extension '.tiff' names no depth format; .exr, .npy, .pfm, .bin, .png and .pgm can be written.");
        var error = Assert.Throws<IOException>(() => DepthFile.CheckExtension("f"));
        Assert.Equal("f: the extension '' names no depth format; .exr, .npy, .pfm, .bin, .png and .pgm can be written.", error.Message);
    }

    [Fact]
    public void Refuses_options_that_exclude_each_other()
    {
        var options = new DepthReadOptions { Scale = 1, Format = DepthFormat.Kitti };
        var error = Assert.Throws<ArgumentException>(() => DepthFile.Read(Fixture.Path("grey16.png"), options));
        Assert.Equal("A depth scale and a depth format exclude each other, because the format implies the scale.", error.Message);
    }

    [Theory]
    [InlineData(0f, "0")]
    [InlineData(-0.5f, "-0.5")]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.PositiveInfinity, "Infinity")]
    public void Refuses_scales_that_are_not_positive(float scale, string text)
    {
        string sentence = $"The depth scale is {text}, but a positive number of metres per unit is needed.";
        var read = Assert.Throws<ArgumentException>(() => DepthFile.Read("x", new DepthReadOptions { Scale = scale }));
        var write = Assert.Throws<ArgumentException>(() => DepthFile.Write("x.png", new float[1], 1, 1, scale));
        Assert.Equal((sentence, sentence), (read.Message, write.Message));
    }

    [Fact]
    public void Refuses_files_that_cannot_be_read()
    {
        AssertReadFails<FileNotFoundException>(_folder["none.exr"], "there is no such file.");
        AssertReadFails<FileNotFoundException>(_folder["no/none.exr"], "there is no such file.");
        AssertReadFails<FileNotFoundException>("", "there is no such file.");
        AssertReadFails<IOException>(_folder.Root, "this is a folder, but a file was needed.");
        AssertReadFails<InvalidDataException>(_folder.Put("empty.exr", []), "the file is empty.");
    }

    [Fact]
    public void Refuses_targets_that_cannot_be_written()
    {
        AssertWriteFails(_folder["no/f.exr"], $"the folder {_folder["no"]} does not exist.");
        Directory.CreateDirectory(_folder["f.exr"]);
        AssertWriteFails(_folder["f.exr"], "this is a folder, but a file is to be written.");
        Assert.Empty(_folder.Files);
    }

    [Fact]
    public void Refuses_sizes_that_disagree()
    {
        string path = _folder["f.exr"];
        var error = Assert.Throws<ArgumentException>(() => DepthFile.Write(path, new float[5], 3, 2));
        Assert.Equal($"{path}: a depth map of 2×3 pixels (height × width) needs 6 values, but there are 5.", error.Message);
        Assert.Empty(_folder.Files);
    }

    [Fact]
    public void Tells_what_the_system_said()
    {
        AssertFailure("permission denied", new UnauthorizedAccessException("Access to the path '/a/.f.exr.x' is denied."));
        AssertFailure("No space left on device", new IOException("No space left on device : '/a/.f.exr.x'"));
        AssertFailure("its folder takes no new files", new FileNotFoundException("Could not find file '/proc/.f.exr.x'."));

        static void AssertFailure(string reason, Exception error) =>
            Assert.Equal($"f.exr: the file cannot be written ({reason}).", AtomicFile.Failure("f.exr", error).Message);
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file()
    {
        string path = _folder.Put("f.exr", [1, 2, 3]);
        using (var file = new AtomicFile(path))
        {
            file.Stream.Write(new byte[1000]);
        }

        Assert.Equal(["f.exr"], _folder.Files);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(path));
    }

    private static void AssertReadFails<T>(string path, string sentence) where T : Exception =>
        Assert.Equal($"{path}: {sentence}", Assert.Throws<T>(() => DepthFile.Read(path)).Message);

    private static void AssertWriteFails(string path, string sentence) =>
        Assert.Equal($"{path}: {sentence}", Assert.Throws<IOException>(() => DepthFile.Write(path, new float[6], 3, 2)).Message);
}
