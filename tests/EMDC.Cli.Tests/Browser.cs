using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace EMDC.Cli.Tests;

/// <summary>A headless Chromium, driven through its DevTools protocol.</summary>
internal sealed class Browser : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    private readonly Process _process;
    private readonly TempFolder _profile = new();
    private readonly ClientWebSocket _socket = new();
    private int _calls;

    public Browser()
    {
        _process = Process.Start(new ProcessStartInfo(Program!, [
            "--headless", "--no-sandbox", "--disable-gpu", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
            "--disable-background-networking", "--no-first-run", "--disable-dev-shm-usage", "--window-size=800,600",
            "--remote-debugging-port=0", $"--user-data-dir={_profile.Root}", "about:blank",
        ]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();

        // It writes the port into its profile, in the first line.
        string port = Wait(() => File.Exists(_profile["DevToolsActivePort"]) && File.ReadAllLines(_profile["DevToolsActivePort"]) is [var line, ..] ? line : null);
        using var http = new HttpClient();
        JsonArray pages = JsonNode.Parse(http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/json/list")).Result)!.AsArray();
        string page = (string)pages.First(page => (string?)page!["type"] == "page")!["webSocketDebuggerUrl"]!;
        _socket.ConnectAsync(new Uri(page), CancellationToken.None).Wait(Patience);
        foreach (string domain in new[] { "Runtime", "Log", "Network", "Page" })
        {
            Call($"{domain}.enable");
        }
    }

    /// <summary>The program, or null where there is none.</summary>
    public static string? Program { get; } = Names
        .SelectMany(name => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);

    /// <summary>Errors and warnings on the console, exceptions that nobody caught.</summary>
    public List<string> Complaints { get; } = [];

    /// <summary>What was asked for over the network or from files.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>Opens a page and waits until an expression is true.</summary>
    public void Open(string url, string ready)
    {
        Call("Page.navigate", new() { ["url"] = url });
        Wait(() => Evaluate(ready)?.GetValue<bool>() == true ? "" : null);
    }

    /// <summary>The value of an expression.</summary>
    public JsonNode? Evaluate(string expression) =>
        Call("Runtime.evaluate", new() { ["expression"] = expression, ["returnByValue"] = true, ["awaitPromise"] = true })["result"]!["value"];

    /// <summary>A mouse event: mouseMoved, mousePressed, mouseReleased.</summary>
    public void Mouse(string type, int x, int y, bool isHeld = false) => Call("Input.dispatchMouseEvent", new()
    {
        ["type"] = type,
        ["x"] = x,
        ["y"] = y,
        ["button"] = type == "mouseMoved" && !isHeld ? "none" : "left",
        ["buttons"] = isHeld ? 1 : 0,
        ["clickCount"] = type == "mouseMoved" ? 0 : 1,
    });

    /// <summary>What is to be seen, as a PNG.</summary>
    public byte[] Screenshot() => Convert.FromBase64String((string)Call("Page.captureScreenshot")["data"]!);

    public void Dispose()
    {
        _socket.Dispose();
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        _profile.Dispose();
    }

    private JsonNode Call(string method, JsonObject? parameters = null)
    {
        int id = ++_calls;
        string call = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters ?? [] }.ToJsonString();
        using var patience = new CancellationTokenSource(Patience);
        _socket.SendAsync(Encoding.UTF8.GetBytes(call), WebSocketMessageType.Text, true, patience.Token).Wait(patience.Token);
        while (true)
        {
            JsonNode message = Receive(patience.Token);
            if ((int?)message["id"] == id)
            {
                return message["result"] ?? throw new InvalidOperationException($"{method}: {message["error"]}");
            }

            Note(message);
        }
    }

    private void Note(JsonNode message)
    {
        JsonNode? about = message["params"];
        switch ((string?)message["method"])
        {
            case "Runtime.exceptionThrown":
                Complaints.Add(about!["exceptionDetails"]!.ToJsonString());
                break;
            case "Runtime.consoleAPICalled" when (string?)about!["type"] is "error" or "warning" or "assert":
                Complaints.Add(about.ToJsonString());
                break;

            // The driver's remarks about speed are not the page's.
            case "Log.entryAdded" when (string?)about!["entry"]!["level"] == "error":
                Complaints.Add(about["entry"]!.ToJsonString());
                break;
            case "Network.requestWillBeSent":
                Requests.Add((string)about!["request"]!["url"]!);
                break;
        }
    }

    private JsonNode Receive(CancellationToken patience)
    {
        using var message = new MemoryStream();
        var buffer = new byte[1 << 16];
        WebSocketReceiveResult part;
        do
        {
            part = _socket.ReceiveAsync(buffer, patience).GetAwaiter().GetResult();
            message.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);
        return JsonNode.Parse(message.ToArray())!;
    }

    private static string Wait(Func<string?> look)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            if (look() is { } found)
            {
                return found;
            }

            if (clock.Elapsed > Patience)
            {
                throw new TimeoutException($"Nothing came of it within {Patience.TotalSeconds} s.");
            }

            Thread.Sleep(50);
        }
    }
}
