using EMDC.Weights;

namespace EMDC.Checkpoints;

/// <summary>A tensor of a pickle: element (i₀, i₁, …) is element offset + Σ iₖ·strideₖ of its storage.</summary>
internal sealed class TensorValue
{
    private readonly long _offset;
    private readonly long[] _strides;

    /// <summary>Checks that no element lies outside the storage; shape and strides have the same length.</summary>
    public TensorValue(StorageView view, long offset, long[] shape, long[] strides)
    {
        if (offset < 0 || shape.Any(s => s is < 0 or > int.MaxValue) || strides.Any(s => s < 0))
        {
            throw new InvalidDataException(
                $"a tensor of shape [{string.Join(", ", shape)}], strides [{string.Join(", ", strides)}] and offset {offset} "
                + "was found, but none may be negative and no size larger than 2147483647.");
        }

        var count = (Int128)1;
        var last = (Int128)offset;
        for (int i = 0; i < shape.Length; i++)
        {
            count = Int128.Min(count * shape[i], long.MaxValue);
            last += (shape[i] - 1) * (Int128)strides[i];
        }

        if (count > 0 && last >= view.Count)
        {
            throw new InvalidDataException(
                $"a tensor of shape [{string.Join(", ", shape)}], strides [{string.Join(", ", strides)}] and offset {offset} "
                + $"reaches element {last} of storage '{Shown.Name(view.Storage.Key)}', which has {view.Count}.");
        }

        Count = (long)count;
        Shape = Array.ConvertAll(shape, size => (int)size);
        Storage = view.Storage;
        _offset = view.Offset + offset;
        _strides = strides;
    }

    /// <summary>Number of elements; <see cref="long.MaxValue"/> for any larger number.</summary>
    public long Count { get; }

    public int[] Shape { get; }

    public Storage Storage { get; }

    /// <summary>The tensor with its elements in row-major order: a part of the storage, or a copy if the order differs.</summary>
    public SafetensorsTensor Read(string name)
    {
        var storage = Storage.Data ?? throw new InvalidOperationException("The storage has not been read.");
        int size = Storage.Type.Size();
        var data = Count == 0 ? default
            : IsContiguous() ? storage.Slice((int)(_offset * size), (int)(Count * size))
            : Gather(storage.Span, size);
        return new(name, Storage.Type, Shape, data);
    }

    private bool IsContiguous()
    {
        long expected = 1;
        for (int i = Shape.Length - 1; i >= 0; i--)
        {
            if (Shape[i] != 1 && _strides[i] != expected)
            {
                return false;
            }

            expected *= Shape[i];
        }

        return true;
    }

    private byte[] Gather(ReadOnlySpan<byte> storage, int size)
    {
        byte[] row = new byte[Count * size];
        int[] index = new int[Shape.Length];
        long source = _offset;
        for (int target = 0; target < row.Length; target += size)
        {
            storage.Slice((int)(source * size), size).CopyTo(row.AsSpan(target));
            for (int i = index.Length - 1; i >= 0; i--)
            {
                source += _strides[i];
                if (++index[i] < Shape[i])
                {
                    break;
                }

                source -= _strides[i] * Shape[i];
                index[i] = 0;
            }
        }

        return row;
    }
}
