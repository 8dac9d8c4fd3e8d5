using System.IO.Compression;
using System.IO.Hashing;
using System.Text;

namespace EMDC.Checkpoints;

/// <summary>
/// The format since PyTorch 1.6: a zip archive with <c>data.pkl</c> in some folder, and beside it <c>data/KEY</c> per storage.
/// </summary>
internal sealed class ZipFormat : CheckpointFormat
{
    private const long MaxPickle = 16L << 20;

    // PyTorch stores without compressing. Re-packed archives may be deflated, but weights do not shrink 16 times.
    private const long MaxExpansion = 16;

    private readonly ZipArchive _archive;
    private readonly Dictionary<string, ZipArchiveEntry> _entries = [];
    private readonly string _folder;
    private long _budget;

    public ZipFormat(byte[] bytes)
    {
        _budget = MaxExpansion * bytes.Length;
        _archive = Zip(() => new ZipArchive(new MemoryStream(bytes), ZipArchiveMode.Read));
        foreach (var entry in Zip(() => _archive.Entries))
        {
            if (!_entries.TryAdd(entry.FullName, entry))
            {
                throw new InvalidDataException($"the zip archive has the entry '{Shown.Name(entry.FullName)}' twice.");
            }
        }

        const string Pickle = "data.pkl";
        string[] pickles =
            [.. _entries.Keys.Where(name => name == Pickle || name.EndsWith($"/{Pickle}", StringComparison.Ordinal))];
        if (pickles.Length != 1)
        {
            throw new InvalidDataException(
                $"the zip archive has {pickles.Length} entries named {Pickle}, but a checkpoint has one.");
        }

        _folder = pickles[0][..^Pickle.Length];
        if (_entries.TryGetValue($"{_folder}byteorder", out var order) && Encoding.ASCII.GetString(Read(order)) != "little")
        {
            throw new InvalidDataException("the checkpoint was not written on a little-endian machine.");
        }

        var pickle = _entries[pickles[0]];
        if (pickle.Length > MaxPickle)
        {
            throw new InvalidDataException($"{Pickle} claims {pickle.Length} bytes, but at most {MaxPickle} are read.");
        }

        Root = new PickleMachine(Read(pickle), new StorageTable().Load).Run();
    }

    public override void Load(IEnumerable<Storage> storages)
    {
        foreach (var storage in storages)
        {
            if (!_entries.TryGetValue($"{_folder}data/{storage.Key}", out var entry))
            {
                throw new InvalidDataException($"storage '{Shown.Name(storage.Key)}' is not in the zip archive.");
            }

            if (entry.Length != storage.Bytes)
            {
                throw new InvalidDataException(
                    $"storage '{Shown.Name(storage.Key)}' has {entry.Length} bytes, "
                    + $"but its {storage.Count} {storage.Type} need {storage.Bytes}.");
            }

            storage.Data = Read(entry);
        }
    }

    public override void Dispose() => _archive.Dispose();

    private byte[] Read(ZipArchiveEntry entry)
    {
        string name = Shown.Name(entry.FullName);
        if (entry.Length < 0 || entry.Length > _budget)
        {
            throw new InvalidDataException(
                $"the zip entry '{name}' claims {entry.Length} bytes, more than {MaxExpansion} times the file; "
                + "this is no checkpoint.");
        }

        _budget -= entry.Length;
        byte[] bytes = new byte[entry.Length];
        Zip(() =>
        {
            using var stream = entry.Open();
            if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length || stream.ReadByte() >= 0)
            {
                throw new InvalidDataException(
                    $"its entry '{name}' does not have the {bytes.Length} bytes that the directory claims");
            }

            return bytes;
        });
        uint crc = Crc32.HashToUInt32(bytes);
        return crc == entry.Crc32
            ? bytes
            : throw new InvalidDataException(
                $"the zip entry '{name}' is damaged: its checksum is {crc:x8}, but the directory says {entry.Crc32:x8}.");
    }

    private static T Zip<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is InvalidDataException or IOException or NotSupportedException or ArgumentException)
        {
            throw new InvalidDataException($"the zip archive is damaged: {error.Message.TrimEnd('.')}.", error);
        }
    }
}
