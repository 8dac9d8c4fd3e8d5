using System.Reflection;
using System.Reflection.Emit;

namespace EMDC.Translate;

/// <summary>How many values instructions take from the evaluation stack and leave there.</summary>
internal static class StackShape
{
    /// <summary>
    /// Whether the address that an instruction loads is used for reading only: for loading a field, or for calling a method
    /// that does not change its record.
    /// </summary>
    public static bool AddressIsOnlyRead(MethodBase method, List<Instruction> instructions, int i, int end)
    {
        int depth = 1;
        for (int next = i + 1; next < end; next++)
        {
            var instruction = instructions[next];
            int taken = Taken(method, instruction);
            if (taken >= depth)
            {
                // The address is the lowest of the values that are taken here if it is the one the call is made on.
                bool lowest = taken == depth;
                if (instruction.Code == OpCodes.Ldflda && lowest) continue;
                return lowest && (instruction.Code == OpCodes.Ldfld || instruction.Code == OpCodes.Ldobj
                    || instruction.Code.Name!.StartsWith("ldind")
                    || instruction.Operand is MethodInfo { IsStatic: false } callee && IsReadOnly(callee));
            }
            // A copy of an address may be used in any way.
            if (instruction.Code == OpCodes.Dup && depth == 1) return false;
            depth += Given(instruction) - taken;
        }
        return false;
    }

    /// <summary>Whether a method leaves the record it is called on as it is.</summary>
    public static bool IsReadOnly(MethodInfo method) =>
        Views.IsView(method.DeclaringType!)
        || !method.Name.StartsWith("set_") && (Marked(method) || Marked(method.DeclaringType!));

    private static bool Marked(MemberInfo member) =>
        member.GetCustomAttributesData().Any(data => data.AttributeType.Name == "IsReadOnlyAttribute");

    private static int Taken(MethodBase method, Instruction instruction)
    {
        switch (instruction.Operand)
        {
            case MethodBase callee when instruction.Code == OpCodes.Newobj:
                return callee.GetParameters().Length;
            case MethodBase callee:
                return callee.GetParameters().Length + (callee.IsStatic ? 0 : 1);
        }
        return instruction.Code.StackBehaviourPop switch
        {
            StackBehaviour.Pop0 => 0,
            StackBehaviour.Pop1 or StackBehaviour.Popi or StackBehaviour.Popref => 1,
            StackBehaviour.Varpop => method is MethodInfo { ReturnType: var type } && type != typeof(void) ? 1 : 0,
            StackBehaviour.Popi_popi_popi or StackBehaviour.Popref_popi_popi or StackBehaviour.Popref_popi_popi8
                or StackBehaviour.Popref_popi_popr4 or StackBehaviour.Popref_popi_popr8
                or StackBehaviour.Popref_popi_popref or StackBehaviour.Popref_popi_pop1 => 3,
            _ => 2,
        };
    }

    private static int Given(Instruction instruction)
    {
        if (instruction.Operand is MethodBase callee)
            return instruction.Code == OpCodes.Newobj || callee is MethodInfo { ReturnType: var type } && type != typeof(void) ? 1 : 0;
        return instruction.Code.StackBehaviourPush switch
        {
            StackBehaviour.Push0 => 0,
            StackBehaviour.Push1_push1 => 2,
            _ => 1,
        };
    }
}
