using System.Globalization;
using System.Text.Json;
using EMDC.Evaluation;
using EMDC.Imaging;

namespace EMDC.Cli.Tests;

public sealed class EvaluateTests : IDisposable
{
    private const int Height = Sample.Height, Width = Sample.Width;

    private static readonly string[] Methods = ["EMDC", "nearest", "linear", "ip-basic", "bilateral"];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_table_has_a_row_for_the_network_and_each_baseline()
    {
        Write("a");
        Outcome outcome = Run(List("data.list", "a.png a.exr a_gt.exr"));
        outcome.Succeeds();
        string[] lines = outcome.Out.Split(Environment.NewLine);
        Assert.Equal($"{_folder["data.list"]}: 1 frame of {Sample.Spots} spots on average", lines[1]);
        string[][] table = Table(lines);
        Assert.Equal(["method", "RMAE", "median", "failed", "EWMAE", "RDS", "RTSD", "score", "RMSE", "MAE", "δ1.25", "ms", "ms p90"], table[0]);
        Assert.Equal(Methods, table[2..].Select(row => row[0]));
        Assert.Single(lines[3..8].Select(line => line.Length).Distinct());
        float[] nearest = Complete(BaselineMethods.All[0]);
        ErrorSummary expected = new([new FrameTruth(Sample.Frame.Sparse, Truth, Height, Width).Errors(nearest)], []);
        Assert.Equal(Number(expected.Rmae, 4), table[3][1]);
        Assert.Equal(Number(expected.Ewmae!.Value, 4), table[3][4]);
        Assert.Equal("0.0000", table[3][5]);
        Assert.Equal("–", table[3][6]);
        Assert.Equal($"{Number(expected.Score!.Value, 3)} (no RTSD)", table[3][7]);
        Assert.Equal(
            "no RTSD: the list has no static scene (a name in the fourth column that two lines share), so the score lacks that term.", lines[^2]);
    }

    [Fact]
    public void Frames_of_one_scene_have_a_temporal_deviation_and_their_score_its_term()
    {
        Write("a");
        Write("b", metres => metres * 1.25f);
        Write("c");
        string list = List("data.list", "a.png a.exr a_gt.exr wall", "c.png c.exr c_gt.exr", "b.png b.exr b_gt.exr wall");
        using JsonDocument json = RunJson(list, "--baseline", "nearest", "--scenes");
        JsonElement set = json.RootElement.GetProperty("sets")[0];
        Assert.Equal((3, 1), (set.GetProperty("frames").GetInt32(), set.GetProperty("static_scenes").GetInt32()));
        JsonElement nearest = set.GetProperty("methods")[1], scene = nearest.GetProperty("scenes")[0];
        // d and 1.25·d have the mean 1.125·d and the deviation 0.125·d.
        Assert.Equal(0.125 / 1.125, nearest.GetProperty("rtsd").GetDouble(), 1e-6);
        Assert.Equal(0.125 / 1.125, scene.GetProperty("rtsd").GetDouble(), 1e-6);
        Assert.Equal(("wall", 2), (scene.GetProperty("scene").GetString(), scene.GetProperty("frames").GetInt32()));
        Assert.True(nearest.GetProperty("score_has_rtsd").GetBoolean());
        double Of(string name) => nearest.GetProperty(name).GetDouble();
        Assert.Equal(ChallengeScore.Of(Of("rmae"), Of("ewmae"), Of("rds"), Of("rtsd")), Of("score"), 1e-5);

        Outcome table = Run(list, "--baseline", "nearest", "--scenes");
        table.Succeeds();
        Assert.Contains($"3 frames of {Sample.Spots} spots on average, 1 static scene{Environment.NewLine}", table.Out);
        Assert.Equal(["scene", "method", "frames", "RMAE"], Table(table.Out.Split(Environment.NewLine))[0][..4]);
        Assert.DoesNotContain("no RTSD", table.Out);
    }

    [Fact]
    public void Neither_sheet_nor_table_replaces_a_listed_file()
    {
        Write("a");
        string list = List("data.list", "a.png a.exr a_gt.exr");
        byte[] before = File.ReadAllBytes(_folder["a.png"]);
        Run(list, "--sheet", _folder["a.png"]).Fails(
            1, $"--sheet would be written to {_folder["a.png"]}, but that file is read by {list}:1 ({_folder["a.png"]}).");
        Assert.Equal(before, File.ReadAllBytes(_folder["a.png"]));
    }

    [Fact]
    public void Densities_are_groups_of_rows_with_spots_drawn_from_the_truth()
    {
        Write("a");
        using JsonDocument json = RunJson(List("data.list", "a.png a.exr a_gt.exr"), "--density", "5,50%", "--baseline", "nearest");
        JsonElement[] sets = [.. json.RootElement.GetProperty("sets").EnumerateArray()];
        Assert.Equal(["5 %", "50 %"], sets.Select(set => set.GetProperty("name").GetString()));

        // Two holes take up to 2/25 of the pixels.
        Assert.InRange(sets[1].GetProperty("spots_per_frame").GetDouble(), 0.4 * Height * Width, 0.55 * Height * Width);
        double[] errors = [.. sets.Select(set => set.GetProperty("methods")[1].GetProperty("rmae").GetDouble())];
        Assert.InRange(errors[1], 1e-6, errors[0]);
        Run("l", "--density", "0").Fails(2, "--density is '0', but needs percentages above 0 and up to 100, separated by commas.", "Try 'emdc evaluate --help'.");
    }

    [Fact]
    public void Json_has_everything_by_name()
    {
        Write("a");
        using JsonDocument json = RunJson(List("data.list", "a.png a.exr a_gt.exr"), "--baseline", "none");
        Assert.Equal(["device", "weights", "sets"], Names(json.RootElement));
        JsonElement set = json.RootElement.GetProperty("sets")[0], method = Assert.Single(set.GetProperty("methods").EnumerateArray());
        Assert.Equal(["name", "list", "frames", "static_scenes", "spots_per_frame", "truth_has_holes", "frames_shifted", "methods"], Names(set));
        Assert.Equal(
            [
                "method", "rmae", "rmae_median", "frames_rmae_above_0_1", "ewmae", "ewmae_known", "rds", "rtsd", "score", "score_has_rtsd",
                "rmse_m", "mae_m", "rel", "delta_1_25", "median_ms", "p90_ms", "scenes",
            ],
            Names(method));
        Assert.Equal(JsonValueKind.Null, method.GetProperty("rtsd").ValueKind);
        Assert.False(method.GetProperty("score_has_rtsd").GetBoolean());
        Assert.Equal(Path.GetFileName(_folder.Root), set.GetProperty("name").GetString());
        FrameErrors expected = new FrameTruth(Sample.Frame.Sparse, Truth, Height, Width).Errors(Sample.Complete(Sample.Frame.Sparse));
        Assert.Equal(expected.Rmae, method.GetProperty("rmae").GetDouble(), 1e-6);
        Assert.Equal(expected.Rmae, method.GetProperty("rel").GetDouble(), 1e-6);
        Assert.Equal(expected.Rmse, method.GetProperty("rmse_m").GetDouble(), 1e-6);
        Assert.True(method.GetProperty("median_ms").GetDouble() > 0);

        static IEnumerable<string> Names(JsonElement element) => element.EnumerateObject().Select(property => property.Name);
    }

    [Fact]
    public void Measurements_kept_are_a_row_of_their_own_beside_the_usual_one()
    {
        Write("a");
        string list = List("data.list", "a.png a.exr a_gt.exr");
        using JsonDocument with = RunJson(list, "--baseline", "none", "--keep-measured"), without = RunJson(list, "--baseline", "none");
        JsonElement[] rows = [.. with.RootElement.GetProperty("sets")[0].GetProperty("methods").EnumerateArray()];
        Assert.Equal(["EMDC", "EMDC, measurements kept"], rows.Select(row => row.GetProperty("method").GetString()));
        JsonElement alone = without.RootElement.GetProperty("sets")[0].GetProperty("methods")[0];
        Assert.Equal(alone.GetProperty("rmae").GetDouble(), rows[0].GetProperty("rmae").GetDouble());
        Assert.True(rows[0].GetProperty("rds").GetDouble() > 0);
        Assert.Equal(0, rows[1].GetProperty("rds").GetDouble());
        float[] kept = [.. Sample.Complete(Sample.Frame.Sparse).Select((metres, i) => Sample.Frame.Sparse[i] > 0 ? Sample.Frame.Sparse[i] : metres)];
        Assert.Equal(Rmae.Of(kept, Truth), rows[1].GetProperty("rmae").GetDouble(), 1e-6);
        Assert.Equal(JsonValueKind.Null, rows[1].GetProperty("median_ms").ValueKind);
    }

    [Fact]
    public void Lists_become_groups_of_rows_named_by_their_folders()
    {
        Write("one/a");
        Write("two/a");
        Write("deep/two/a");
        string[] lists = [.. new[] { "one", "two", "deep/two" }.Select(folder => List($"{folder}/data.list", "a.png a.exr a_gt.exr"))];
        Outcome outcome = Run(lists[0], "--list", lists[1], "--baseline", "nearest");
        outcome.Succeeds();
        string[][] table = Table(outcome.Out.Split(Environment.NewLine));
        Assert.Equal(["set", "method"], table[0][..2]);
        Assert.Equal([("one", "EMDC"), ("one", "nearest"), ("two", "EMDC"), ("two", "nearest")], table[2..].Select(row => (row[0], row[1])));

        // Folders of one name are told apart by the lists' paths.
        using JsonDocument json = RunJson(lists[1], "--list", lists[2], "--baseline", "none");
        Assert.Equal(lists[1..], json.RootElement.GetProperty("sets").EnumerateArray().Select(set => set.GetProperty("name").GetString()));
    }

    [Theory]
    [InlineData("nearest,bilateral", "nearest", "bilateral")]
    [InlineData("bilateral --baseline nearest", "nearest", "bilateral")]
    [InlineData("all", "nearest", "linear", "ip-basic", "bilateral")]
    [InlineData("none")]
    public void Baselines_can_be_chosen(string option, params string[] names)
    {
        Write("a");
        Outcome outcome = Run(List("data.list", "a.png a.exr a_gt.exr"), [.. $"--baseline {option}".Split(' ')]);
        outcome.Succeeds();
        Assert.Equal(["EMDC", .. names], Table(outcome.Out.Split(Environment.NewLine))[2..].Select(row => row[0]));
    }

    [Fact]
    public void Holes_of_the_truth_are_told_apart_from_edges()
    {
        Write("a", truth: (metres, i) => i % Width < 5 ? 0 : metres);
        Outcome outcome = Run(List("data.list", "a.png a.exr a_gt.exr"), "--baseline", "none");
        outcome.Succeeds();
        string[][] table = Table(outcome.Out.Split(Environment.NewLine));
        Assert.Equal(["EWMAE", "EWMAE known", "RDS"], table[0][4..7]);
        Assert.True(double.Parse(table[2][4], CultureInfo.InvariantCulture) > double.Parse(table[2][5], CultureInfo.InvariantCulture));
        Assert.Contains($"EWMAE known: without the holes of the truth, which the challenge's EWMAE takes for depth 0.{Environment.NewLine}", outcome.Out);
    }

    [Fact]
    public void Spots_beyond_the_largest_depth_are_dropped_for_all_methods()
    {
        Write("a");
        float most = Sample.Frame.Sparse.Order().ElementAt(Height * Width - Sample.Spots / 2);
        string limit = most.ToString(CultureInfo.InvariantCulture);
        using JsonDocument json = RunJson(List("data.list", "a.png a.exr a_gt.exr"), "--baseline", "nearest", "--max-depth", limit, "--quiet");
        JsonElement set = json.RootElement.GetProperty("sets")[0];
        Assert.Equal(Sample.Frame.Sparse.Count(metres => metres > 0 && metres <= most), set.GetProperty("spots_per_frame").GetDouble());
        float[] sparse = [.. Sample.Frame.Sparse.Select(metres => metres <= most ? metres : 0)];
        Assert.Equal(Rmae.Of(Complete(BaselineMethods.All[0], sparse), Truth), set.GetProperty("methods")[1].GetProperty("rmae").GetDouble(), 1e-6);
    }

    [Fact]
    public void Sheet_and_table_of_frames_are_written()
    {
        Write("a");
        Write("b,c");
        string list = List("data.list", "a.png a.exr a_gt.exr", "b,c.png b,c.exr b,c_gt.exr scene");
        Run(list, "--sheet", _folder["s.png"], "--rows", "1", "--per-frame", _folder["f.csv"], "--keep-measured").Succeeds();

        // Seven panels of 256 and gaps of 6; a row of 205 (32/40 of 256) between two lines of 26.
        RgbImage sheet = RgbFile.Read(_folder["s.png"]);
        Assert.Equal((6 + 7 * 262, 26 + 205 + 6 + 26), (sheet.Width, sheet.Height));
        string[] lines = File.ReadAllLines(_folder["f.csv"]);
        Assert.Equal("list,line,rgb,scene,method,rmae,ewmae,ewmae_known,rds,rmse_m,mae_m,delta_1_25,ms", lines[0]);
        Assert.Equal(1 + 2 * 6, lines.Length);
        Assert.StartsWith($"{list},1,a.png,,EMDC,", lines[1]);
        Assert.StartsWith($"{list},2,\"b,c.png\",scene,\"EMDC, measurements kept\",", lines[8]);
        Assert.EndsWith(",", lines[8]);
        FrameErrors nearest = new FrameTruth(Sample.Frame.Sparse, Truth, Height, Width).Errors(Complete(BaselineMethods.All[0]));
        Assert.StartsWith($"{list},1,a.png,,nearest,{nearest.Rmae.ToString("G6", CultureInfo.InvariantCulture)},", lines[3]);

        Run(list, "--sheet", _folder["t.png"], "--baseline", "none").Succeeds();
        RgbImage alone = RgbFile.Read(_folder["t.png"]);
        Assert.Equal((6 + 5 * 262, 26 + 2 * 211 + 26), (alone.Width, alone.Height));
        Assert.DoesNotContain(_folder.Files, name => Path.GetFileName(name).StartsWith('.'));
    }

    [Fact]
    public void Frames_that_do_not_serve_end_it_before_a_mean_of_the_others_is_printed()
    {
        Write("a");
        string list = List("data.list", "a.png a.exr a_gt.exr", "a.png a.exr");
        Run(list).Fails(1, $"{list}:2: the line has no ground truth, but 'rgb sparse gt' or 'rgb sparse gt scene' is needed.");
        list = List("data.list", "a.png a.exr a_gt.exr", "a.png a.exr no.exr");
        Run(list).Fails(1, $"{list}:2: {_folder["no.exr"]}: there is no such file.");
        Run(_folder["no.list"]).Fails(1, $"{_folder["no.list"]}: there is no such file.");

        DepthFile.Write(_folder["small.exr"], new float[8 * 9], 9, 8);
        list = List("data.list", "a.png small.exr a_gt.exr");
        Run(list).Fails(1, $"{list}:1: {_folder["a.png"]} is 32×40, but {_folder["small.exr"]} is 8×9 (height × width); they must be registered pixel on pixel.");
        list = List("data.list", "a.png a.exr small.exr");
        Run(list).Fails(1, $"{list}:1: {_folder["a.png"]} is 32×40, but {_folder["small.exr"]} is 8×9 (height × width); they must be registered pixel on pixel.");

        DepthFile.Write(_folder["empty.exr"], new float[Height * Width], Width, Height);
        list = List("data.list", "a.png a.exr empty.exr");
        Run(list).Fails(1, $"{list}:1: {_folder["empty.exr"]}: the ground truth has no value above 0; at least one known pixel is needed.");
        list = List("data.list", "a.png a.exr a_gt.exr", "a.png empty.exr a_gt.exr");
        Run(list).Fails(1, $"{list}:2: {_folder["empty.exr"]}: the sparse depth has no value above 0 and up to 20 m; at least one measured pixel is needed.");
        File.WriteAllText(_folder["broken.exr"], "no picture");
        list = List("data.list", "a.png broken.exr a_gt.exr");
        Run(list).Fails(1, $"{list}:1: {_folder["broken.exr"]}: this is none of the depth formats EXR, NPY, NPZ, PFM, PNG, PGM and TIFF, nor named .bin or .raw.");
    }

    [Fact]
    public void A_static_scene_has_one_size()
    {
        Write("a");
        RgbFile.Write(_folder["s.png"], new RgbImage(32, 32, new byte[3 * 32 * 32]));
        DepthFile.Write(_folder["s.exr"], [.. Enumerable.Repeat(2f, 32 * 32)], 32, 32);
        string list = List("data.list", "a.png a.exr a_gt.exr x", "s.png s.exr s.exr x");
        Run(list, "--baseline", "none").Fails(
            1, $"{list}:2: the frame is 32×32, but the scene 'x' began with 32×40 (height × width); frames of a static scene are of one size.");
        Run(List("data.list", "a.png a.exr a_gt.exr x", "s.png s.exr s.exr y"), "--baseline", "none").Succeeds();
    }

    [Fact]
    public void A_network_without_a_finite_result_is_named()
    {
        Write("a");
        string list = List("data.list", "a.png a.exr a_gt.exr"), weights = TestWeights.Write(_folder["w.safetensors"], 1e30f);
        Run(list, "--weights", weights).Fails(1, $"{list}:1: the network's result is not finite; do the weights fit this kind of input?");
    }

    [Fact]
    public void Outputs_that_cannot_be_written_are_told_before_anything_runs()
    {
        string list = List("data.list", "a.png a.exr a_gt.exr");
        Run(list, "--sheet", _folder["no/s.png"]).Fails(1, $"{_folder["no/s.png"]}: the folder {_folder["no"]} does not exist.");
        Run(list, "--sheet", _folder.Root).Fails(1, $"{_folder.Root}: the extension is '{Path.GetExtension(_folder.Root)}', but a sheet is written as .png.");
        Run(list, "--sheet", _folder["s.jpg"]).Fails(1, $"{_folder["s.jpg"]}: the extension is '.jpg', but a sheet is written as .png.");
        Run(list, "--per-frame", _folder["f.txt"]).Fails(1, $"{_folder["f.txt"]}: the extension is '.txt', but the table of frames is written as .csv.");
        Directory.CreateDirectory(_folder["d.csv"]);
        Run(list, "--per-frame", _folder["d.csv"]).Fails(1, $"{_folder["d.csv"]}: this is a folder, but a file is to be written.");
    }

    [Fact]
    public void Ctrl_C_ends_it_without_numbers_or_files()
    {
        Write("a");
        string list = List("data.list", "a.png a.exr a_gt.exr");
        string[] before = _folder.Files;
        Command.Run(new CancellationToken(canceled: true), "evaluate", "--device", "cpu", "--threads", "1", "--list", list, "--sheet", _folder["s.png"], "--per-frame", _folder["f.csv"])
            .Fails(130, "Interrupted.");
        Assert.Equal(before, _folder.Files);
    }

    [Fact]
    public void The_same_note_is_made_once()
    {
        Write("a");
        foreach (string name in new[] { "1.png", "2.png" })
        {
            DepthFile.Write(_folder[name], Sample.Frame.Sparse, Width, Height);
        }

        string list = List("data.list", "a.png 1.png a_gt.exr", "a.png 2.png a_gt.exr");
        Run(list, "--baseline", "none").Succeeds(
            $"note: {_folder["1.png"]}: integers without a unit are read as millimetres; --depth-scale or --depth-format names another.");
        Run(list, "--baseline", "none", "--quiet").Succeeds();
    }

    [Theory]
    [InlineData("--baseline spline", "--baseline is 'spline', but needs nearest, linear, ip-basic, bilateral, all or none.")]
    [InlineData("--baseline none,linear", "--baseline none excludes other baselines.")]
    [InlineData("--list ./l", "--list names ./l twice.")]
    [InlineData("--rows 3", "--rows is for the sheet and needs --sheet.")]
    [InlineData("--rows 0 --sheet s.png", "--rows is '0', but needs a whole number from 1 to 100.")]
    [InlineData("--depth-scale 1 --depth-format nyu", "--depth-scale and --depth-format exclude each other.")]
    public void Options_that_cannot_be(string options, string message) =>
        Command.Run(["evaluate", "--list", "l", .. options.Split(' ')]).Fails(2, message, "Try 'emdc evaluate --help'.");

    [Fact]
    public void A_list_is_needed()
    {
        Command.Run("evaluate").Fails(2, "Option '--list' is required.", "Try 'emdc evaluate --help'.");
        Command.Run("evaluate", "--list", "").Fails(2, "--list is '', but needs a file.", "Try 'emdc evaluate --help'.");
    }

    /// <summary>A smooth wall with a step, not quite what the spots say.</summary>
    private static float[] Truth { get; } = [.. Enumerable.Range(0, Height * Width).Select(i => 1 + i % Width / (float)Width + (i / Width > 20 ? 0.5f : 0))];

    private void Write(string name, Func<float, float>? scale = null, Func<float, int, float>? truth = null)
    {
        Sample.Write(_folder, name);
        if (scale is not null)
        {
            DepthFile.Write(_folder[$"{name}.exr"], [.. Sample.Frame.Sparse.Select(scale)], Width, Height);
        }

        DepthFile.Write(_folder[$"{name}_gt.exr"], [.. Truth.Select((metres, i) => truth?.Invoke(metres, i) ?? metres)], Width, Height);
    }

    private string List(string name, params string[] lines) => _folder.Write(name, string.Join('\n', lines));

    private static Outcome Run(string list, params string[] more) =>
        Command.Run(["evaluate", "--device", "cpu", "--threads", "1", "--list", list, .. more]);

    private static JsonDocument RunJson(string list, params string[] more)
    {
        Outcome outcome = Run(list, [.. more, "--json"]);
        outcome.Succeeds();
        return JsonDocument.Parse(outcome.Out);
    }

    /// <summary>The cells of the first Markdown table.</summary>
    private static string[][] Table(string[] lines) =>
        [.. lines.SkipWhile(line => !line.StartsWith('|')).TakeWhile(line => line.StartsWith('|')).Select(line => line.Split('|')[1..^1].Select(cell => cell.Trim()).ToArray())];

    private static float[] Complete(IBaseline baseline, float[]? sparse = null)
    {
        var dense = new float[Height * Width];
        baseline.Complete(Sample.Frame.Rgb, sparse ?? Sample.Frame.Sparse, dense, Height, Width);
        return dense;
    }

    private static string Number(double value, int digits) => value.ToString($"F{digits}", CultureInfo.InvariantCulture);
}
