namespace ILGPU.Checked;

/// <summary>A view on its way into a kernel.</summary>
internal interface IKernelView
{
    ViewBinding? Binding { get; }

    /// <summary>In bytes.</summary>
    long Offset { get; }

    /// <summary>The same range, seen through another binding.</summary>
    object Bind(ViewBinding binding);
}
