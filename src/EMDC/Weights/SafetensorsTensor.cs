namespace EMDC.Weights;

/// <summary>A tensor of a safetensors file: its name, type, shape and little-endian, row-major bytes.</summary>
public sealed class SafetensorsTensor
{
    /// <summary>Wraps <paramref name="data"/>, whose length must be that of the shape.</summary>
    public SafetensorsTensor(string name, DType type, int[] shape, ReadOnlyMemory<byte> data)
    {
        if (!TryCount(shape, out long count) || count > Array.MaxLength || count * type.Size() != data.Length)
        {
            throw new ArgumentException($"{name}: {data.Length} bytes do not hold {Format(shape)} elements of {type}.");
        }

        Name = name;
        DType = type;
        Shape = shape;
        Data = data;
    }

    /// <summary>A tensor made of values; F16 rounds to nearest, ties to even.</summary>
    public static SafetensorsTensor From(string name, int[] shape, ReadOnlySpan<float> values, DType type = DType.F32) =>
        new(name, type, shape, FloatConversion.FromFloat32(values, type));

    /// <summary>Name, as in the checkpoint.</summary>
    public string Name { get; }

    /// <summary>Element type of <see cref="Data"/>.</summary>
    public DType DType { get; }

    /// <summary>Sizes, slowest dimension first; empty for a scalar.</summary>
    public int[] Shape { get; }

    /// <summary>The bytes; a part of the file's buffer, not a copy.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>The values as float32.</summary>
    /// <exception cref="EmdcException">The type is not a floating-point one.</exception>
    public float[] ToFloat32()
    {
        if (!DType.IsFloat())
        {
            throw new EmdcException($"{Name}: the type is {DType}, but F16, BF16, F32 or F64 is needed.");
        }

        float[] values = GC.AllocateUninitializedArray<float>(Data.Length / DType.Size());
        FloatConversion.ToFloat32(Data.Span, DType, values);
        return values;
    }

    internal static string Format(ReadOnlySpan<int> shape) => shape.IsEmpty ? "scalar" : string.Join('×', shape.ToArray());

    /// <summary>The product of the shape, if no size is negative and it does not overflow.</summary>
    internal static bool TryCount(ReadOnlySpan<int> shape, out long count)
    {
        count = shape.Contains(0) ? 0 : 1;
        foreach (int size in shape)
        {
            if (size < 0 || (size > 0 && count > (1L << 60) / size))
            {
                return false;
            }

            count *= size;
        }

        return true;
    }
}
