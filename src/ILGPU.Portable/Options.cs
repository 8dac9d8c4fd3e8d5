namespace ILGPU;

/// <summary>How far ILGPU optimises kernels; a checked accelerator has nothing to optimise.</summary>
public enum OptimizationLevel
{
    Debug = 0,
    O0 = 0,
    Release = 1,
    O1 = 1,
    O2 = 2,
}

/// <summary>How exact ILGPU's arithmetic is; the checked accelerator's is always .NET's.</summary>
public enum MathMode
{
    Default = 0,
    Fast = 1,
    Fast32BitOnly = 2,
}

/// <summary>How ILGPU inlines the helpers of kernels.</summary>
public enum InliningMode
{
    Default = 0,
    Aggressive = 0,
    Conservative = 1,
    Disabled = 2,
}

/// <summary>Which host memory ILGPU locks for its copies.</summary>
public enum PageLockingMode
{
    Default = 0,
    Auto = 1,
    Aggressive = 2,
}
