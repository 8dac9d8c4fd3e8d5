using EMDC.Weights;

namespace EMDC.Checkpoints;

/// <summary>What a pickle may name: a torch function, a storage type, or a constructor whose result nobody reads.</summary>
/// <param name="Name">Module and name, as in the pickle.</param>
/// <param name="Storage">The element type, if it is a storage.</param>
internal sealed record Global(string Name, DType? Storage = null)
{
    public const string OrderedDict = "collections.OrderedDict";
    public const string RebuildTensor = "torch._utils._rebuild_tensor";
    public const string RebuildTensorV2 = "torch._utils._rebuild_tensor_v2";
    public const string RebuildParameter = "torch._utils._rebuild_parameter";
    public const string Size = "torch.Size";

    /// <summary>NumPy scalars, which training scripts like to keep as their best score: parsed, never made.</summary>
    public static readonly IReadOnlySet<string> Inert = new HashSet<string>
    {
        "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar", "numpy.dtype", "_codecs.encode",
    };

    private static readonly Dictionary<string, Global> Known =
        new Global[]
        {
            new(OrderedDict), new(RebuildTensor), new(RebuildTensorV2), new(RebuildParameter), new(Size),
            new("torch.FloatStorage", DType.F32), new("torch.DoubleStorage", DType.F64),
            new("torch.HalfStorage", DType.F16), new("torch.BFloat16Storage", DType.BF16),
            new("torch.LongStorage", DType.I64), new("torch.IntStorage", DType.I32), new("torch.ShortStorage", DType.I16),
            new("torch.CharStorage", DType.I8), new("torch.ByteStorage", DType.U8), new("torch.BoolStorage", DType.BOOL),
        }.Concat(Inert.Select(name => new Global(name))).ToDictionary(g => g.Name);

    public static Global Find(string module, string name) => Known.TryGetValue($"{module}.{name}", out var global)
        ? global
        : throw new InvalidDataException(
            $"the pickle asks for '{Shown.Name($"{module}.{name}")}', which no tensor needs; "
            + "it was refused and nothing was called.");
}

/// <summary>The result of an inert global.</summary>
internal sealed class InertValue;

/// <summary>A dict or an OrderedDict. Only string keys are kept: nothing that is read here has others.</summary>
internal sealed class PickleDict
{
    private const int MaxKey = 1000;

    private OrderedDictionary<string, object?>? _items;

    public IEnumerable<KeyValuePair<string, object?>> Items => _items ?? [];

    public void Set(object? key, object? value)
    {
        if (key is string { Length: > MaxKey } longer)
        {
            throw new InvalidDataException(
                $"the pickle has a dict key of {longer.Length} characters, but at most {MaxKey} are read.");
        }

        if (key is string name)
        {
            (_items ??= [])[name] = value;
        }
    }

    public bool TryGet(string key, out object? value)
    {
        value = null;
        return _items?.TryGetValue(key, out value) ?? false;
    }
}

/// <summary>A storage named by a persistent id; its bytes are read after the pickle.</summary>
internal sealed class Storage(string key, DType type, long count)
{
    public string Key { get; } = key;

    public DType Type { get; } = type;

    /// <summary>Number of elements.</summary>
    public long Count { get; } = count;

    public long Bytes => Count * Type.Size();

    public ReadOnlyMemory<byte>? Data { get; set; }
}

/// <summary>The part [<paramref name="Offset"/>, <paramref name="Offset"/> + <paramref name="Count"/>) of a storage.</summary>
internal sealed record StorageView(Storage Storage, long Offset, long Count);

internal static class Shown
{
    /// <summary>A name out of a file as it may stand in a message: short and without control characters.</summary>
    public static string Name(string name) =>
        new([.. (name.Length > 60 ? name[..59] + "…" : name).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c)]);
}
