namespace EMDC.Checkpoints;

/// <summary>What the functions named in a checkpoint mean. Nothing of Python is called: a name selects a reading.</summary>
internal static class Rebuild
{
    private const int MaxDimensions = 8;

    public static object Reduce(object? function, object? arguments)
    {
        if (function is not Global global || arguments is not object?[] tuple)
        {
            throw new InvalidDataException("the pickle calls something that is no function.");
        }

        return global.Name switch
        {
            Global.OrderedDict => OrderedDict(tuple),
            Global.RebuildTensor or Global.RebuildTensorV2 => Tensor(global, tuple),
            Global.RebuildParameter when tuple is [TensorValue tensor, ..] => tensor,
            Global.Size when tuple is [object?[] sizes] => sizes,
            string name when Global.Inert.Contains(name) => new InertValue(),
            _ => throw BadArguments(global.Name),
        };
    }

    /// <summary>What a call does beyond one step: a list may be given to an OrderedDict again and again.</summary>
    public static int Cost(object? arguments) => (arguments as object?[] ?? []) is [List<object?> pairs] ? pairs.Count : 0;

    // Python 2 wrote the items as a list of pairs, Python 3 sets them afterwards.
    private static PickleDict OrderedDict(object?[] arguments)
    {
        var dict = new PickleDict();
        if (arguments is [])
        {
            return dict;
        }

        if (arguments is not [List<object?> pairs])
        {
            throw BadArguments(Global.OrderedDict);
        }

        foreach (object? pair in pairs)
        {
            var (key, value) = pair switch
            {
                List<object?> { Count: 2 } list => (list[0], list[1]),
                object?[] { Length: 2 } tuple => (tuple[0], tuple[1]),
                _ => throw BadArguments(Global.OrderedDict),
            };
            dict.Set(key, value);
        }

        return dict;
    }

    // (storage, offset, sizes, strides[, requires_grad, hooks[, metadata]])
    private static TensorValue Tensor(Global function, object?[] arguments) =>
        arguments is [StorageView view, long offset, object?[] { Length: <= MaxDimensions } sizes, object?[] strides, ..]
            && strides.Length == sizes.Length && sizes.All(s => s is long) && strides.All(s => s is long)
            ? new(view, offset, Array.ConvertAll(sizes, s => (long)s!), Array.ConvertAll(strides, s => (long)s!))
            : throw BadArguments(function.Name);

    private static InvalidDataException BadArguments(string function) =>
        new($"the pickle calls {function} with arguments that it does not take.");
}
