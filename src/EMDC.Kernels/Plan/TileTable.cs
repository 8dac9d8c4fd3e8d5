using System.Text.Json;

namespace EMDC.Kernels;

/// <summary>A launch whose cut can be chosen.</summary>
/// <param name="Kernel">The kernel, as its file is named.</param>
/// <param name="In">Input channels; dilations of the propagation and its guidance.</param>
/// <param name="Out">Output channels; side of ConvOne's stencil; iterations of the propagation; maps of Scaling.</param>
/// <param name="Height">Rows of the result, or of ExpandDepthwise's input; 1 where rows don't matter.</param>
/// <param name="Across">
/// Units of four pixels in a row; pixels of the propagation; all units where rows don't matter and of ExpandDepthwise, all pixels of Scaling.
/// </param>
public readonly record struct TileKey(string Kernel, int In, int Out, int Height, int Across);

/// <summary>How a launch is cut: Across · Down · Splits threads a group.</summary>
/// <param name="Across">Threads side by side.</param>
/// <param name="Down">Threads below each other, or blocks of eight output channels of DepthwisePointwise.</param>
/// <param name="Splits">Threads that share one thread's input channels.</param>
public readonly record struct Tile(int Across, int Down, int Splits)
{
    /// <summary>
    /// How many times a kernel's usual results a thread computes, in the kernel's wide variant where that is more than 1:
    /// 2 for 16 output channels of Conv3x3, 4 for four pixels of the propagation.
    /// </summary>
    public int Multiple { get; init; } = 1;

    /// <summary>Threads of a group.</summary>
    public long Threads => (long)Across * Down * Splits;
}

/// <summary>What a set of tiles is good for: tiles of another card or another compiler may be slow.</summary>
/// <param name="Name">The device's own name, such as NVIDIA A100-SXM4-40GB.</param>
/// <param name="Driver">Its driver's version as ILGPU tells it.</param>
public readonly record struct TunedDevice(string Name, string Driver);

/// <summary>
/// The tiles that <see cref="Tuner"/> found, for any number of devices, kept as JSON:
/// <code>
/// { "emdc_tiles": 1, "devices": [ { "name": "…", "driver": "…", "tiles": [
///   { "kernel": "Conv3x3", "shape": [24, 29, 192, 64], "tile": [16, 8, 1] } ] } ] }
/// </code>
/// A fourth number of a tile is its multiple, where that is not 1.
/// What is in it is not trusted: whoever uses a tile checks that it can be launched.
/// </summary>
public sealed class TileTable
{
    private const long LargestFile = 16 << 20;
    private const string Folder = "Tiles/";

    private static readonly string[] ShippedKinds =
    [
        .. typeof(TileTable).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal)).Select(name => Path.GetFileNameWithoutExtension(name)).Order(StringComparer.Ordinal),
    ];

    private readonly Dictionary<TunedDevice, Dictionary<TileKey, Tile>> _devices = [];

    /// <summary>The devices that have tiles.</summary>
    public IReadOnlyCollection<TunedDevice> Devices => _devices.Keys;

    /// <summary>Where the table lies: the environment's EMDC_TILES, else emdc/tiles.json in the user's cache folder.</summary>
    public static string DefaultPath =>
        Environment.GetEnvironmentVariable("EMDC_TILES") is { Length: > 0 } named ? named : Path.Combine(CacheFolder.Path, "tiles.json");

    /// <summary>Reads a table. A missing file is an empty table; so is one that cannot be used, and then there is a note.</summary>
    /// <param name="path">The file.</param>
    /// <param name="note">One sentence on why the file is ignored; null where it is not.</param>
    public static TileTable Load(string path, out string? note)
    {
        note = null;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (file.Length > LargestFile)
            {
                throw new JsonException($"it has {file.Length} bytes, but a table has at most {LargestFile}");
            }

            using JsonDocument json = JsonDocument.Parse(file);
            return Read(json.RootElement);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return new TileTable();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            string why = e is JsonException { LineNumber: null } ? e.Message : "it is not the JSON of one";
            note = $"{path}: this is no table of tiles ({why}), so the default tiles are used.";
            return new TileTable();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            note = $"{path}: the table of tiles cannot be read, so the default tiles are used: {e.Message.TrimEnd('.')}.";
            return new TileTable();
        }
    }

    /// <summary>The tiles of a device; none where it was not tuned.</summary>
    public IReadOnlyDictionary<TileKey, Tile>? Of(TunedDevice device) => _devices.GetValueOrDefault(device);

    /// <summary>
    /// The kind whose tiles the package has for a kind of device: the same, or where it has none for a compute capability of NVIDIA's that
    /// of the nearest, for tiles that were measured on another card are a better guess than rules that were never measured. Null for all others.
    /// </summary>
    internal static string? ShippedKind(string? kind) =>
        kind is null || ShippedKinds.Contains(kind) ? kind
        : Capability(kind) is { } own ? ShippedKinds.Where(other => Capability(other) is not null).MinBy(other => Math.Abs(Capability(other)!.Value - own))
        : null;

    /// <summary>
    /// The tiles that the package brings for a kind of device, such as <c>sm_90</c>: those of all devices in the table
    /// <c>Tiles/sm_90.json</c>, which is a file as <see cref="Tuner"/> wrote it, or in that of <see cref="ShippedKind"/>.
    /// </summary>
    internal static Dictionary<TileKey, Tile> Shipped(string? kind)
    {
        var tiles = new Dictionary<TileKey, Tile>();
        using Stream? file = ShippedKind(kind) is { } known ? typeof(TileTable).Assembly.GetManifestResourceStream($"{Folder}{known}.json") : null;
        if (file is not null)
        {
            using JsonDocument json = JsonDocument.Parse(file);
            foreach (var (key, tile) in Read(json.RootElement)._devices.Values.SelectMany(device => device))
            {
                tiles[key] = tile;
            }
        }

        return tiles;
    }

    /// <summary>Adds tiles of a device, in place of those for the same launches.</summary>
    public void Add(TunedDevice device, IEnumerable<KeyValuePair<TileKey, Tile>> tiles)
    {
        if (!_devices.TryGetValue(device, out Dictionary<TileKey, Tile>? known))
        {
            _devices.Add(device, known = []);
        }

        foreach (var (key, tile) in tiles)
        {
            known[key] = tile;
        }
    }

    /// <summary>Writes the table under another name in the same folder, then renames it. Makes the folder where it is missing.</summary>
    /// <exception cref="EmdcException">It cannot be written.</exception>
    public void Save(string path)
    {
        string? temporary = null;
        try
        {
            string full = Path.GetFullPath(path), folder = Path.GetDirectoryName(full)!;
            Directory.CreateDirectory(folder);
            temporary = Path.Combine(folder, $".{Path.GetFileName(full)}.{Path.GetRandomFileName()}");
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            using (var json = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true }))
            {
                Write(json);
            }

            File.Move(temporary, full, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            if (temporary is not null && File.Exists(temporary))
            {
                File.Delete(temporary);
            }

            throw new EmdcException($"{path}: the table of tiles cannot be written: {e.Message.TrimEnd('.')}.");
        }
    }

    /// <summary>80 of <c>sm_80</c>.</summary>
    private static int? Capability(string kind) =>
        kind.StartsWith("sm_", StringComparison.Ordinal) && int.TryParse(kind.AsSpan(3), out int capability) ? capability : null;

    private static TileTable Read(JsonElement root)
    {
        int version = root.GetProperty("emdc_tiles").GetInt32();
        if (version != 1)
        {
            throw new JsonException($"it is of version {version}, but 1 is needed");
        }

        var table = new TileTable();
        foreach (JsonElement device in root.GetProperty("devices").EnumerateArray())
        {
            var tiles = new Dictionary<TileKey, Tile>();
            foreach (JsonElement entry in device.GetProperty("tiles").EnumerateArray())
            {
                int[] shape = Numbers(entry, "shape", 4, 4), tile = Numbers(entry, "tile", 3, 4);
                tiles[new TileKey(Text(entry, "kernel"), shape[0], shape[1], shape[2], shape[3])] = new Tile(tile[0], tile[1], tile[2]) { Multiple = tile.Length > 3 ? tile[3] : 1 };
            }

            table.Add(new TunedDevice(Text(device, "name"), Text(device, "driver")), tiles);
        }

        return table;
    }

    private static string Text(JsonElement at, string name) =>
        at.GetProperty(name).GetString() ?? throw new JsonException($"'{name}' is null, but needs text");

    private static int[] Numbers(JsonElement at, string name, int fewest, int most)
    {
        int[] numbers = [.. at.GetProperty(name).EnumerateArray().Select(n => n.GetInt32())];
        return numbers.Length >= fewest && numbers.Length <= most ? numbers : throw new JsonException($"'{name}' has {numbers.Length} numbers, but needs {fewest}");
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("emdc_tiles", 1);
        json.WriteStartArray("devices");
        foreach (var (device, tiles) in _devices)
        {
            json.WriteStartObject();
            json.WriteString("name", device.Name);
            json.WriteString("driver", device.Driver);
            json.WriteStartArray("tiles");
            foreach (var (key, tile) in tiles)
            {
                json.WriteStartObject();
                json.WriteString("kernel", key.Kernel);
                WriteNumbers("shape", key.In, key.Out, key.Height, key.Across);
                WriteNumbers("tile", tile.Multiple == 1 ? [tile.Across, tile.Down, tile.Splits] : [tile.Across, tile.Down, tile.Splits, tile.Multiple]);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();

        void WriteNumbers(string name, params ReadOnlySpan<int> numbers)
        {
            json.WriteStartArray(name);
            foreach (int n in numbers)
            {
                json.WriteNumberValue(n);
            }

            json.WriteEndArray();
        }
    }
}
