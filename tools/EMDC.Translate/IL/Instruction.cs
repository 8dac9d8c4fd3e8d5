using System.Reflection;
using System.Reflection.Emit;

namespace EMDC.Translate;

/// <summary>
/// One instruction of a method body. Short forms are told apart from long ones by nothing but their code:
/// <see cref="Operand"/> is an int for locals, arguments and branch targets (offsets from the start), int[] for
/// switch, a member or a type for tokens, and the value itself for constants.
/// </summary>
internal readonly record struct Instruction(int Offset, OpCode Code, object? Operand)
{
    private static readonly Dictionary<short, OpCode> Codes = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    /// <summary>The instructions of a method, in order.</summary>
    public static List<Instruction> Read(MethodBase method)
    {
        byte[] il = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        var instructions = new List<Instruction>();
        for (int at = 0; at < il.Length;)
        {
            int offset = at;
            short value = il[at++];
            if (value == 0xFE) value = (short)(0xFE00 | il[at++]);
            var code = Codes[value];
            instructions.Add(new Instruction(offset, code, Operands(method, code, il, ref at)));
        }
        return instructions;
    }

    /// <summary>The number of the local or argument that the instruction names, whichever form it has.</summary>
    public int Variable()
    {
        if (Operand is int number) return number;
        string name = Code.Name!;
        return name[^1] - '0';
    }

    private static object? Operands(MethodBase method, OpCode code, byte[] il, ref int at)
    {
        int start = at;
        int Int32() => BitConverter.ToInt32(il, start);
        switch (code.OperandType)
        {
            case OperandType.InlineNone:
                return null;
            case OperandType.ShortInlineVar:
                at += 1;
                return (int)il[start];
            case OperandType.InlineVar:
                at += 2;
                return (int)BitConverter.ToUInt16(il, start);
            case OperandType.ShortInlineI:
                at += 1;
                return (sbyte)il[start];
            case OperandType.InlineI:
                at += 4;
                return Int32();
            case OperandType.InlineI8:
                at += 8;
                return BitConverter.ToInt64(il, start);
            case OperandType.ShortInlineR:
                at += 4;
                return BitConverter.ToSingle(il, start);
            case OperandType.InlineR:
                at += 8;
                return BitConverter.ToDouble(il, start);
            case OperandType.ShortInlineBrTarget:
                at += 1;
                return at + (sbyte)il[start];
            case OperandType.InlineBrTarget:
                at += 4;
                return at + Int32();
            case OperandType.InlineSwitch:
                int count = Int32();
                at += 4 + 4 * count;
                int end = at;
                return Enumerable.Range(0, count).Select(i => end + BitConverter.ToInt32(il, start + 4 + 4 * i)).ToArray();
            case OperandType.InlineString:
                at += 4;
                return method.Module.ResolveString(Int32());
            default:
                at += 4;
                var types = method.DeclaringType is { IsGenericType: true } type ? type.GetGenericArguments() : null;
                return method.Module.ResolveMember(Int32(), types, method.IsGenericMethod ? method.GetGenericArguments() : null);
        }
    }
}
