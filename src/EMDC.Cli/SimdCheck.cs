using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EMDC.Cli;

/// <summary>
/// Compares what the processor has with what this process uses: a native build knows only the instruction sets that it was built for, and
/// runtimes can be told to leave some out. The network is then several times slower than it could be.
/// </summary>
internal static class SimdCheck
{
    public static IReadOnlyList<string> Warnings() =>
        X86Base.IsSupported
            ? Warnings(HasAvx2(), HasAvx512(), Vector256.IsHardwareAccelerated, Vector512.IsHardwareAccelerated, !RuntimeFeature.IsDynamicCodeCompiled)
            : Warnings(false, false, false, false, false);

    /// <param name="hasAvx2">Whether the processor has AVX2.</param>
    /// <param name="hasAvx512">Whether the processor has AVX-512 F, BW, CD, DQ and VL.</param>
    /// <param name="uses256">Whether vectors of 256 bits are hardware in this process.</param>
    /// <param name="uses512">Whether vectors of 512 bits are hardware in this process.</param>
    /// <param name="isNative">Whether this is a native build.</param>
    public static IReadOnlyList<string> Warnings(bool hasAvx2, bool hasAvx512, bool uses256, bool uses512, bool isNative)
    {
        string remedy = isNative
            ? "this native program was built without it (-p:IlcInstructionSet=native builds for the machine at hand)"
            : "the runtime leaves it out (a DOTNET_Enable… variable, or it judges the processor slow at it)";
        return hasAvx2 && !uses256 ? [$"The processor has AVX2, but {remedy}."]
            : hasAvx512 && !uses512 ? [$"The processor has AVX-512, but {remedy}."]
            : [];
    }

    // Leaf 7: extended features; EBX.
    private static bool HasAvx2() => HasAll(1 << 5);

    private static bool HasAvx512() => HasAll((1 << 16) | (1 << 17) | (1 << 28) | (1 << 30) | (1 << 31));

    private static bool HasAll(int bits) => X86Base.CpuId(0, 0).Eax >= 7 && (X86Base.CpuId(7, 0).Ebx & bits) == bits;
}
