namespace EMDC.Checkpoints;

/// <summary>The storages that a pickle names, each once however many tensors share it.</summary>
internal sealed class StorageTable
{
    private const int MaxKey = 100;

    private readonly Dictionary<string, Storage> _byKey = [];

    public bool TryGet(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Storage? storage) =>
        _byKey.TryGetValue(key, out storage);

    /// <summary>
    /// The persistent id ('storage', type, key, location, count[, view]); the older format's view is None or
    /// (view's key, offset, count).
    /// </summary>
    public object Load(object? id)
    {
        object?[] parts = id as object?[] ?? [];
        if (parts is not ["storage", Global { Storage: { } type }, string { Length: <= MaxKey } key, _, long count, .. var rest]
            || count < 0 || count > long.MaxValue / 8 || rest.Length > 1)
        {
            throw new InvalidDataException("the pickle has a persistent id that names no storage with a type, a key and a size.");
        }

        if (!_byKey.TryGetValue(key, out var storage))
        {
            _byKey[key] = storage = new(key, type, count);
        }
        else if (storage.Type != type || storage.Count != count)
        {
            throw new InvalidDataException(
                $"storage '{Shown.Name(key)}' is {storage.Count} {storage.Type} in one place and {count} {type} in another.");
        }

        return (rest is [object?[] view] ? view : rest) switch
        {
            [] or [null] => new StorageView(storage, 0, count),
            [string, long offset, long part] when offset >= 0 && part >= 0 && offset <= count && part <= count - offset =>
                new StorageView(storage, offset, part),
            _ => throw new InvalidDataException(
                $"storage '{Shown.Name(key)}' of {count} elements has a view that lies outside it."),
        };
    }
}
