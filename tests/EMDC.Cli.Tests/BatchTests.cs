using System.Text.RegularExpressions;
using EMDC.Imaging;

namespace EMDC.Cli.Tests;

public sealed partial class BatchTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_bad_frame_is_reported_and_the_others_are_done()
    {
        Sample.Write(_folder, "a");
        Sample.Write(_folder, "sub/a");
        string list = _folder.Write("data.list", "# rgb sparse gt\na.png a.exr\n\nno.png a.exr\nsub/a.png sub/a.exr sub/gt.exr scene\n");
        Outcome outcome = Run(list, _folder["out"]);
        Assert.Equal($"{list}:4: {_folder["no.png"]}: there is no such file.{Environment.NewLine}", outcome.Error);
        Assert.Equal("2 of 3 frames done, 1 failed, 0 skipped", Summary(outcome.Out));
        Assert.Equal(1, outcome.Code);
        Assert.Equal(["out/a.exr", "out/sub/a.exr"], _folder.Files.Where(name => name.StartsWith("out", StringComparison.Ordinal)));
        Assert.Equal(Sample.Complete(Sample.Frame.Sparse), DepthFile.Read(_folder["out/sub/a.exr"]).Metres);
    }

    [Theory]
    [InlineData("exr")]
    [InlineData("npy")]
    [InlineData("pfm")]
    [InlineData("png")]
    public void The_format_of_the_results_can_be_chosen(string format)
    {
        Sample.Write(_folder, "a");
        Outcome outcome = Run(_folder.Write("data.list", "a.png a.exr"), _folder["out"], "--output-format", format);
        outcome.Succeeds();
        Assert.Equal("1 of 1 frames done, 0 failed, 0 skipped", Summary(outcome.Out));
        Assert.Equal(Sample.Width, DepthFile.Read(_folder[$"out/a.{format}"]).Width);
    }

    [Fact]
    public void Skip_existing_does_what_is_missing()
    {
        Sample.Write(_folder, "a");
        Sample.Write(_folder, "b");
        string list = _folder.Write("data.list", "a.png a.exr\nb.png b.exr\n");
        Directory.CreateDirectory(_folder["out"]);
        _folder.Write("out/a.exr", "kept");
        Outcome outcome = Run(list, _folder["out"], "--skip-existing");
        outcome.Succeeds();
        Assert.Equal("1 of 2 frames done, 0 failed, 1 skipped", Summary(outcome.Out));
        Assert.Equal("kept", File.ReadAllText(_folder["out/a.exr"]));
        Assert.Equal(Sample.Width, DepthFile.Read(_folder["out/b.exr"]).Width);

        Run(list, _folder["out"]).Succeeds();
        Assert.Equal(Sample.Width, DepthFile.Read(_folder["out/a.exr"]).Width);
    }

    [Fact]
    public void Quiet_prints_errors_only()
    {
        Sample.Write(_folder, "a");
        string list = _folder.Write("data.list", "a.png a.exr\nb.png b.exr\n");
        Run(list, _folder["out"], "--quiet").Fails(1, $"{list}:2: {_folder["b.png"]}: there is no such file.");
    }

    [Fact]
    public void The_same_note_is_made_once()
    {
        Sample.Write(_folder, "a");
        DepthFile.Write(_folder["1.png"], Sample.Frame.Sparse, Sample.Width, Sample.Height);
        DepthFile.Write(_folder["2.png"], Sample.Frame.Sparse, Sample.Width, Sample.Height);
        File.Copy(_folder["a.png"], _folder["b.png"]);
        Run(_folder.Write("data.list", "a.png 1.png\nb.png 2.png\n"), _folder["out"]).Succeeds(
            $"note: {_folder["1.png"]}: integers without a unit are read as millimetres; --depth-scale or --depth-format names another.");
    }

    [Fact]
    public void Two_lines_with_the_same_result_are_refused_before_anything_runs()
    {
        string list = _folder.Write("data.list", "a.png a.exr\nsub/a.png a.exr\na.jpg b.exr\n");
        Run(list, _folder["out"]).Fails(1, $"{list}:1 and {list}:3 would both be written to {_folder["out/a.exr"]}.");
        Assert.Equal(["data.list"], _folder.Files);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [Fact]
    public void Frames_of_one_name_in_different_folders_keep_their_folders()
    {
        Sample.Write(_folder, "one/rgb/0001");
        Sample.Write(_folder, "two/rgb/0001");
        Directory.CreateDirectory(_folder["lists"]);
        string list = _folder.Write("lists/data.list", $"../one/rgb/0001.png ../one/rgb/0001.exr\n{_folder["two/rgb/0001.png"]} ../two/rgb/0001.exr\n");
        Run(list, _folder["out"]).Succeeds();
        Assert.Equal(["out/one/rgb/0001.exr", "out/two/rgb/0001.exr"], _folder.Files.Where(name => name.StartsWith("out", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("exr", "0001.exr")]
    [InlineData("png", "0001.png")]
    public void Results_never_replace_what_a_line_names(string format, string replaced)
    {
        var (rgb, depth) = Sample.Write(_folder, "0001");
        byte[][] before = [File.ReadAllBytes(rgb), File.ReadAllBytes(depth)];
        string list = _folder.Write("data.list", "0001.png 0001.exr\n");
        foreach (string[] more in new string[][] { [], ["--skip-existing"] })
        {
            Run(list, _folder.Root, ["--output-format", format, .. more]).Fails(
                1, $"{list}:1 would be written to {_folder[replaced]}, but that file is read by {list}:1 ({_folder[replaced]}).");
        }

        Assert.Equal(before, [File.ReadAllBytes(rgb), File.ReadAllBytes(depth)]);
        Assert.Equal(["0001.exr", "0001.png", "data.list"], _folder.Files);
    }

    [Fact]
    public void Results_never_replace_the_truth_nor_what_links_and_relative_paths_lead_to()
    {
        Sample.Write(_folder, "rec/a");
        string truth = _folder.Write("list.txt", "a.png s.npy\nb.png s.npy b.exr\n");
        Run(truth, _folder["."]).Fails(
            1, $"{truth}:2 would be written to {Path.Combine(_folder["."], "b.exr")}, but that file is read by {truth}:2 ({_folder["b.exr"]}).");

        // The folder of the results is a link to that of the inputs.
        Directory.CreateSymbolicLink(_folder["link"], _folder["rec"]);
        string list = _folder.Write("rec/data.list", "a.png ./../rec/a.exr\n");
        Run(list, _folder["link"]).Fails(
            1, $"{list}:1 would be written to {_folder["link/a.exr"]}, but that file is read by {list}:1 ({_folder["rec/a.exr"]}).");

        // The depth is a link to where a result would go.
        Directory.CreateDirectory(_folder["out"]);
        File.Move(_folder["rec/a.exr"], _folder["out/a.exr"]);
        File.CreateSymbolicLink(_folder["rec/a.exr"], _folder["out/a.exr"]);
        Run(list, _folder["out"]).Fails(
            1, $"{list}:1 would be written to {_folder["out/a.exr"]}, but that file is read by {list}:1 ({_folder["rec/a.exr"]}).");
    }

    [Fact]
    public void Where_case_is_not_told_apart_names_of_different_case_are_one_file()
    {
        var sensitive = new RunFiles(_ => true);
        sensitive.Reads(_folder["A.exr"], "--depth");
        sensitive.Writes(_folder["a.exr"], "--output");
        var insensitive = new RunFiles(_ => false);
        insensitive.Reads(_folder["A.exr"], "--depth");
        Assert.Equal(
            $"--output would be written to {_folder["a.exr"]}, but that file is read by --depth ({_folder["A.exr"]}).",
            Assert.Throws<UserError>(() => insensitive.Writes(_folder["a.exr"], "--output")).Message);
    }

    [Theory]
    [InlineData("a.png,a.exr")]
    [InlineData("a.png, a.exr, gt.exr")]
    [InlineData("\"a.png\" \"a.exr\"")]
    [InlineData("\"a.png\",\"a.exr\"")]
    [InlineData("1305031102.175304 a.png 1305031102.160407 a.exr")]
    public void Lists_of_other_tools_are_read(string line)
    {
        Sample.Write(_folder, "a");
        Run(_folder.Write("data.list", $"# rgb, depth\n{line}\n"), _folder["out"]).Succeeds();
        Assert.Equal(Sample.Complete(Sample.Frame.Sparse), DepthFile.Read(_folder["out/a.exr"]).Metres);
    }

    [Fact]
    public void Associations_may_name_depth_first()
    {
        Sample.Write(_folder, "depth/1");
        Directory.Move(_folder["depth"], _folder["rgb"]);
        Sample.Write(_folder, "depth/1");
        Run(_folder.Write("data.list", "1.5 depth/1.exr 1.6 rgb/1.png\n"), _folder["out"]).Succeeds();
        Assert.True(File.Exists(_folder["out/rgb/1.exr"]));
    }

    [Fact]
    public void Quoted_names_may_hold_spaces_and_commas()
    {
        Sample.Write(_folder, "a, b");
        Run(_folder.Write("data.list", "\"a, b.png\" \"a, b.exr\"\n"), _folder["out"]).Succeeds();
        Assert.True(File.Exists(_folder["out/a, b.exr"]));
    }

    [Fact]
    public void Names_with_spaces_are_separated_by_tabs()
    {
        Sample.Write(_folder, "a b");
        Run(_folder.Write("data.list", "a b.png\ta b.exr\n"), _folder["out"]).Succeeds();
        Assert.True(File.Exists(_folder["out/a b.exr"]));
    }

    [Fact]
    public void Lists_that_do_not_serve_are_refused()
    {
        Run(_folder["no.list"], _folder["out"]).Fails(1, $"{_folder["no.list"]}: there is no such file.");
        string list = _folder.Write("data.list", "\n# nothing\n");
        Run(list, _folder["out"]).Fails(1, $"{list}: the list has no frames.");
        list = _folder.Write("data.list", "a.png a.exr\na.png\n");
        Run(list, _folder["out"]).Fails(1, $"{list}:2: the line has 1 names, but needs 'rgb sparse', 'rgb sparse gt' or 'rgb sparse gt scene'.");
        list = _folder.Write("data.list", "a b c d e\n");
        Run(list, _folder["out"]).Fails(1, $"{list}:1: the line has 5 names, but needs 'rgb sparse', 'rgb sparse gt' or 'rgb sparse gt scene'.");
    }

    [Fact]
    public void The_folder_of_the_results_must_have_a_place()
    {
        string list = _folder.Write("data.list", "a.png a.exr\n");
        Run(list, _folder["no/out"]).Fails(1, $"{_folder["no/out"]}: the folder {_folder["no"]} does not exist.");
        Run(list, list).Fails(1, $"{list}: this is a file, but a folder is needed.");
    }

    [Fact]
    public void Ctrl_C_before_the_first_frame_does_none()
    {
        Sample.Write(_folder, "a");
        string list = _folder.Write("data.list", "a.png a.exr\n");
        Outcome outcome = Command.Run(new CancellationToken(canceled: true), "complete", "--device", "cpu", "--list", list, "--output-dir", _folder["out"], "--threads", "1");
        Assert.Equal(130, outcome.Code);
        Assert.Equal("Interrupted: 0 of 1 frames done, 0 failed, 0 skipped", Summary(outcome.Error));
        Assert.Equal(["a.exr", "a.png", "data.list"], _folder.Files);
    }

    private static Outcome Run(string list, string folder, params string[] more) =>
        Command.Run(["complete", "--device", "cpu", "--list", list, "--output-dir", folder, .. more]);

    /// <summary>The summary without the parts that differ from machine to machine, whose form is checked.</summary>
    private static string Summary(string text)
    {
        Match match = Machine().Match(text);
        Assert.True(match.Success, text);
        return text[..match.Index];
    }

    [GeneratedRegex(@"(, median \d+\.\d ms a frame)?, cpu \([^,]+, \d+ threads?\)\r?\n\z")]
    private static partial Regex Machine();
}
