namespace ILGPU.Runtime;

/// <summary>A device refused what it was asked to do, or a check of the checked accelerator failed.</summary>
public abstract class AcceleratorException : Exception
{
    internal AcceleratorException(string message) : base(message) { }

    public abstract AcceleratorType AcceleratorType { get; }
}
