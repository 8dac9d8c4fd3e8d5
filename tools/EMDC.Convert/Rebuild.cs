namespace EMDC.Convert;

/// <summary>What the functions named in a checkpoint mean. Nothing of Python is called: a name selects one of these readings.</summary>
internal static class Rebuild
{
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
            _ => throw new InvalidDataException($"the pickle calls {global.Name} with arguments that it does not take."),
        };
    }

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
            throw new InvalidDataException($"the pickle calls {Global.OrderedDict} with arguments that it does not take.");
        }

        foreach (object? pair in pairs)
        {
            var (key, value) = pair switch
            {
                List<object?> { Count: 2 } list => (list[0], list[1]),
                object?[] { Length: 2 } tuple => (tuple[0], tuple[1]),
                _ => throw new InvalidDataException($"the pickle calls {Global.OrderedDict} with arguments that it does not take."),
            };
            dict.Set(key, value);
        }

        return dict;
    }

    // (storage, offset, sizes, strides[, requires_grad, hooks[, metadata]])
    private static TensorValue Tensor(Global function, object?[] arguments) =>
        arguments is [StorageView view, long offset, object?[] sizes, object?[] strides, ..]
            && sizes.All(s => s is long) && strides.All(s => s is long)
            ? new(view, offset, Array.ConvertAll(sizes, s => (long)s!), Array.ConvertAll(strides, s => (long)s!))
            : throw new InvalidDataException($"the pickle calls {function.Name} with arguments that it does not take.");
}
