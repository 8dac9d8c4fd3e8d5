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
        string result = Path.Combine(_folder["out"], "a.exr");
        Run(list, _folder["out"]).Fails(1, $"{list}: lines 1 and 3 would both be written to {result}.");
        list = _folder.Write("data.list", $"../x/a.png a.exr\n/y/a.png b.exr\n");
        Run(list, _folder["out"]).Fails(1, $"{list}: lines 1 and 2 would both be written to {result}.");
        Assert.Equal(["data.list"], _folder.Files);
        Assert.False(Directory.Exists(_folder["out"]));
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
