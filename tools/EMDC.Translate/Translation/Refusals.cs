using System.Reflection.Emit;

namespace EMDC.Translate;

/// <summary>The wording for what the dialect of kernels does not have.</summary>
internal static class Refusals
{
    /// <summary>For an instruction.</summary>
    public static string Instruction(Instruction instruction)
    {
        string name = instruction.Code.Name!;
        string? construct =
            name.StartsWith("newarr") || name.StartsWith("ldelem") || name.StartsWith("stelem") || name == "ldlen" ? "arrays"
            : name == "ldstr" ? "strings"
            : name is "throw" or "rethrow" or "leave" or "leave.s" or "endfinally" ? "exceptions"
            : name is "box" or "unbox" or "unbox.any" or "castclass" or "isinst" or "ldnull" ? "objects"
            : name is "ldftn" or "ldvirtftn" or "callvirt" or "constrained." or "calli" ? "virtual calls or delegates"
            : name == "stsfld" ? "static fields to write to"
            : name.Contains(".ovf") ? "checked arithmetic"
            : name is "ldc.r8" or "conv.r8" or "ldind.r8" or "stind.r8" ? "double"
            : name is "localloc" or "conv.u" or "conv.i" or "ldind.i" or "cpblk" or "initblk" ? "pointers"
            : null;
        return construct is null
            ? $"has the instruction {name}, but kernels have none such"
            : $"uses {construct} ({name}), but kernels have none";
    }

    /// <summary>For a value of a type.</summary>
    public static string Type(string verb, Type type) =>
        $"{verb} of type {KernelSignature.TypeName(type)}, but kernels have only numbers, records of numbers, and views";

    /// <summary>Whether an instruction is outside of the dialect wherever it stands.</summary>
    public static bool IsForeign(OpCode code) =>
        code == OpCodes.Callvirt || code == OpCodes.Constrained || code == OpCodes.Ldstr || code == OpCodes.Newarr || code == OpCodes.Box
        || code == OpCodes.Ldnull || code == OpCodes.Ldc_R8 || code == OpCodes.Conv_R8 || code == OpCodes.Ldftn;
}
