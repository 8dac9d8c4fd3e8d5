using System.Globalization;
using EMDC.Imaging;

namespace EMDC.Cli.Tests;

public sealed class ViewTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _rgb, _depth, _page;

    public ViewTests()
    {
        (_rgb, _depth) = Sample.Write(_folder);
        _page = _folder["view & turn.html"];
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_page_needs_nothing_else()
    {
        Complete("--rgb-intrinsics", "40,41,19.5,15.5,0.01,0,0,0.002").Succeeds();
        string page = File.ReadAllText(_page);
        Assert.Contains("<title>EMDC: frame.png</title>", page);
        Assert.Contains("\"fx\":40,\"fy\":41,\"cx\":19.5,\"cy\":15.5,\"distortion\":[0.01,0,0,0.002,0,0,0,0]", page);
        Assert.Contains("\"guessed\":false", page);
        Assert.DoesNotContain("http", page);
        Assert.DoesNotContain("/*", page);

        Complete().Succeeds();
        Assert.Contains("\"guessed\":true", File.ReadAllText(_page));
    }

    [Fact]
    public void It_turns_slides_and_tells_depth_in_a_browser()
    {
        Machine.Needs(Browser.Program is not null, "There is no chromium on the PATH.");
        Complete("--rgb-intrinsics", "40,40,19.5,15.5").Succeeds();
        using var browser = new Browser();
        string url = new Uri(_page).AbsoluteUri;
        browser.Open(url, "document.documentElement.dataset.ready === 'yes'");

        RgbImage dense = Shot("dense");
        Assert.True(Lit(dense) > 0.2, $"{Lit(dense):P0} of the picture is no background");

        // Depth under the pointer, within the frame's.
        browser.Mouse("mouseMoved", 400, 300);
        string depth = Told();
        Assert.Matches(@"\A\d+\.\d{3} m(, measured \d+\.\d{3} m)?\nrow \d+, column \d+\z", depth);
        float[] metres = DepthFile.Read(_folder["dense.exr"]).Metres;
        int[] place = [.. depth.Split('\n')[1].Split(["row ", ", column "], StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
        Assert.Equal(metres[place[0] * Sample.Width + place[1]], float.Parse(depth.Split(' ')[0], CultureInfo.InvariantCulture), 0.002f);

        // A drag turns it.
        browser.Mouse("mousePressed", 400, 300, isHeld: true);
        browser.Mouse("mouseMoved", 520, 330, isHeld: true);
        browser.Mouse("mouseReleased", 520, 330);
        Assert.NotEqual(dense.Pixels, Shot("turned").Pixels);

        // A click on the slider's left end brings the colour, its middle the spots, and each is another picture.
        byte[] turned = Shot("turned").Pixels;
        int[] box = [.. browser.Evaluate("(b => [b.left + 3, b.top + b.height / 2, b.left + b.width / 2].map(Math.round))(document.getElementById('slider').getBoundingClientRect())")!.AsArray().Select(side => (int)side!)];
        Click(box[0], box[1]);
        Assert.True(browser.Evaluate("+document.getElementById('slider').value < 0.1")!.GetValue<bool>());
        byte[] colour = Shot("colour").Pixels;
        Assert.NotEqual(turned, colour);
        Click(box[2], box[1]);
        Assert.NotEqual(colour, Shot("spots").Pixels);

        Assert.Empty(browser.Complaints);
        Assert.All(browser.Requests, request => Assert.True(request == url || request.StartsWith("data:", StringComparison.Ordinal), request));

        RgbImage Shot(string name)
        {
            // Two frames later everything asked for is drawn.
            browser.Evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))");
            File.WriteAllBytes(_folder[name + ".png"], browser.Screenshot());
            return RgbFile.Read(_folder[name + ".png"]);
        }

        string Told()
        {
            browser.Evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))");
            return (string)browser.Evaluate("document.getElementById('depth').textContent")!;
        }

        void Click(int x, int y)
        {
            browser.Mouse("mousePressed", x, y, isHeld: true);
            browser.Mouse("mouseReleased", x, y);
        }
    }

    [Fact]
    public void A_large_frame_is_thinned()
    {
        const int Side = 1100;
        var rgb = new RgbImage(Side, Side, new byte[3 * Side * Side]);
        var metres = new float[Side * Side];
        metres.AsSpan().Fill(2);
        var sparse = new DepthMap(Side, Side, new float[Side * Side]);
        sparse.Metres[501 * Side + 701] = 2;
        View.CloudView.Write(_page, "large", rgb, sparse, metres, new Geometry.Camera(900, 900, 550, 550));
        string page = File.ReadAllText(_page);
        Assert.Contains("\"height\":550,\"width\":550,\"nearest\":2,\"farthest\":2,\"every\":2,", page);
        Assert.Contains("\"fx\":450,", page);
    }

    private static double Lit(RgbImage picture) =>
        Enumerable.Range(0, picture.Width * picture.Height).Count(i => picture.Pixels.AsSpan(3 * i, 3).IndexOfAnyExceptInRange((byte)0, (byte)40) >= 0) / (double)(picture.Width * picture.Height);

    private Outcome Complete(params string[] more) =>
        Command.Run(["complete", "--device", "cpu", "--rgb", _rgb, "--depth", _depth, "--output", _folder["dense.exr"], "--view", _page, .. more]);
}
