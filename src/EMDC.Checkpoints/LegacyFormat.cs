using System.Buffers.Binary;
using System.Numerics;

namespace EMDC.Checkpoints;

/// <summary>
/// The format before PyTorch 1.6: pickles of a magic number, the protocol, the machine's sizes, the object and the list of
/// storage keys, then for each key the number of elements (8 bytes, little-endian) and the elements.
/// </summary>
internal sealed class LegacyFormat : CheckpointFormat
{
    private const long Protocol = 1001;
    private static readonly BigInteger Magic = BigInteger.Parse("119547037146038801333356");

    private readonly ReadOnlyMemory<byte> _bytes;
    private int _at;

    public LegacyFormat(byte[] bytes)
    {
        _bytes = bytes;
        ReadMagic();
        if (Next() is not Protocol)
        {
            throw new InvalidDataException($"the protocol is not {Protocol}, the only one of PyTorch's sequential format.");
        }

        if (Next() is not PickleDict machine || !machine.TryGet("little_endian", out object? little) || little is not true)
        {
            throw new InvalidDataException("the checkpoint was not written on a little-endian machine.");
        }

        var storages = new StorageTable();
        Root = Next(storages.Load);
        ReadStorages(storages, Next());
    }

    // Reading the file is over when the constructor is; a tensor's storage is there or it was not in the list.
    public override void Load(IEnumerable<Storage> storages)
    {
        if (storages.FirstOrDefault(s => s.Data is null) is { } absent)
        {
            throw new InvalidDataException($"storage '{Shown.Name(absent.Key)}' is not in the file.");
        }
    }

    private void ReadMagic()
    {
        object? magic = null;
        try
        {
            magic = Next();
        }
        catch (InvalidDataException)
        {
            // Whatever it is, it is not the magic number.
        }

        if (magic is not BigInteger number || number != Magic)
        {
            throw new InvalidDataException("the file is neither a zip archive nor a pickle with PyTorch's magic number.");
        }
    }

    private object? Next(Func<object?, object>? persistentLoad = null)
    {
        var machine = new PickleMachine(
            _bytes[_at..],
            persistentLoad
                ?? (_ => throw new InvalidDataException("the file has a persistent id outside the checkpoint's object.")));
        object? value = machine.Run();
        _at += machine.Position;
        return value;
    }

    private void ReadStorages(StorageTable storages, object? keys)
    {
        foreach (object? item in keys as List<object?> ?? throw new InvalidDataException("the list of storage keys is no list."))
        {
            if (item is not string key || !storages.TryGet(key, out var storage) || storage.Data is not null)
            {
                throw new InvalidDataException(
                    $"the list of storage keys has '{Shown.Name($"{item}")}', which names no storage or one twice.");
            }

            long left = _bytes.Length - _at - sizeof(long);
            if (left < storage.Bytes)
            {
                throw new InvalidDataException(
                    $"storage '{Shown.Name(key)}' needs {storage.Bytes} bytes, but the file has {Math.Max(0, left)} left.");
            }

            long count = BinaryPrimitives.ReadInt64LittleEndian(_bytes.Span[_at..]);
            if (count != storage.Count)
            {
                throw new InvalidDataException(
                    $"storage '{Shown.Name(key)}' has {count} elements in the file, but {storage.Count} in the pickle.");
            }

            storage.Data = _bytes.Slice(_at + sizeof(long), (int)storage.Bytes);
            _at += sizeof(long) + (int)storage.Bytes;
        }
    }
}
