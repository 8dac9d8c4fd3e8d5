using System.Runtime.CompilerServices;

namespace ILGPU.Runtime;

/// <summary>One argument of a translated kernel: a view as memory, start and length, or the bytes of a value.</summary>
internal sealed class KernelArgument
{
    private Func<byte[], object>? unwrap;

    public ArgumentKind Kind { get; private set; }

    /// <summary>Of a view; null where it has no buffer.</summary>
    public DeviceMemory? Memory { get; private set; }

    /// <summary>Bytes in front of a view's first element.</summary>
    public long Offset { get; private set; }

    /// <summary>Elements of a view.</summary>
    public long Length { get; private set; }

    /// <summary>Bytes of a view's element.</summary>
    public int ElementSize { get; private set; }

    /// <summary>A value as it lies in memory.</summary>
    public byte[] Value { get; private set; } = [];

    public void Set<T>(T argument) where T : struct
    {
        Kind = ArgumentType<T>.Kind;
        if (Kind == ArgumentKind.View)
        {
            var view = ArgumentType<T>.View(ref argument);
            (Memory, Offset, Length) = (view.Binding?.Memory, view.Offset, view.Length);
            ElementSize = ArgumentType<T>.ElementSize;
            return;
        }
        if (Value.Length != Unsafe.SizeOf<T>()) Value = new byte[Unsafe.SizeOf<T>()];
        Unsafe.WriteUnaligned(ref Value[0], argument);
        unwrap = ArgumentType<T>.Unwrap;
    }

    /// <summary>What a <see cref="SpecializedValue{T}"/> holds.</summary>
    public object Specialised() => unwrap!(Value);

    /// <summary>What is known of an argument by its type, found out once.</summary>
    private static class ArgumentType<T> where T : struct
    {
        public static readonly ArgumentKind Kind;
        public static readonly int ElementSize;
        public static readonly Func<byte[], object> Unwrap =
            value => Unsafe.ReadUnaligned<T>(ref value[0]) is ISpecializedValue specialised ? specialised.Boxed : throw new NotSupportedException();

        private static readonly bool IsArrayView;

        static ArgumentType()
        {
            object argument = default(T);
            Kind = argument is IArrayView ? ArgumentKind.View : argument is ISpecializedValue ? ArgumentKind.Specialised : ArgumentKind.Value;
            if (argument is not IArrayView view) return;
            ElementSize = view.ElementSize;
            IsArrayView = typeof(T).GetGenericTypeDefinition() == typeof(ArrayView<>);
        }

        /// <summary>
        /// The view as one of bytes-to-be, without a box. The fields of a view are the same whatever its elements are, and so
        /// is their order.
        /// </summary>
        public static ArrayView<int> View(ref T argument) => IsArrayView
            ? Unsafe.As<T, ArrayView<int>>(ref argument)
            : Unsafe.As<T, ArrayView1D<int, Stride1D.Dense>>(ref argument).BaseView;
    }
}

/// <summary>What an argument is to the kernel.</summary>
internal enum ArgumentKind
{
    Value,
    View,
    Specialised,
}

/// <summary>A <see cref="SpecializedValue{T}"/> of any type.</summary>
internal interface ISpecializedValue
{
    object Boxed { get; }
}
