using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace ILGPU.Checked;

/// <summary>The wording of failed accesses, kept out of the way of those that succeed.</summary>
internal static class Faults
{
    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Access<T>(ArrayView<T> view, long index, bool write) where T : unmanaged
    {
        string verb = write ? "writes" : "reads";
        if (view.Binding is { Group: null })
            throw new KernelFault(
                $"The host {verb} element {index} of a view, but device memory is reached through copies only.");
        var group = view.Binding?.Group ?? GroupContext.Current;
        string element = Element(view, index);
        throw group.Fault(
            index < 0
                ? $"{verb} {element}, but indices start at 0"
                : $"{verb} {element}, but the view has {Elements(view.Length)}");
    }

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void SubView<T>(ArrayView<T> view, long index, long length) where T : unmanaged
    {
        string what = $"{Elements(length)} from element {index}";
        if (view.Binding?.Group is not { } group)
            throw new ArgumentOutOfRangeException(nameof(index), $"A sub-view of {what} needs more than {Elements(view.Length)}.");
        throw group.Fault($"takes a sub-view of {what} of {Name(view)}, but the view has {Elements(view.Length)}");
    }

    public static string Element<T>(ArrayView<T> view, long index) where T : unmanaged =>
        $"{view.Binding?.Name ?? "an empty view"}[{index}]{Part(view)}";

    private static string Name<T>(ArrayView<T> view) where T : unmanaged => $"{view.Binding!.Name}{Part(view)}";

    private static string Part<T>(ArrayView<T> view) where T : unmanaged =>
        view.Binding is { } binding && view.Offset != binding.Start
            ? $" (a sub-view that starts {view.Offset - binding.Start} bytes into {binding.Name})"
            : "";

    private static string Elements(long count) => count == 1 ? "1 element" : $"{count} elements";
}
