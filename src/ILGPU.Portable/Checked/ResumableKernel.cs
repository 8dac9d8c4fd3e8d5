using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ILGPU.IL;

namespace ILGPU.Checked;

/// <summary>
/// A kernel with barriers, rewritten so that it returns at each of them and goes on from there when it is called
/// again: the threads of a group then take turns without a thread of the operating system for each.
/// </summary>
/// <remarks>
/// The instructions stay what they are. Arguments and locals become locals of the new method; before a barrier they
/// are stored in the thread's <see cref="LaneFrame"/>, and a switch at the start loads them and jumps behind it.
/// Helpers with barriers are spliced into the kernel.
/// </remarks>
internal sealed class ResumableKernel
{
    private static readonly MethodInfo BarrierMethod = typeof(Group).GetMethod(nameof(Group.Barrier))!;

    private readonly DynamicMethod step;
    private readonly ILGenerator il;
    private readonly List<Label> resumptions = [];
    private readonly List<LocalBuilder> variables = [];
    private readonly List<Type> views = [];
    private readonly Label save;
    private readonly LocalBuilder state;
    private int valueBytes;

    private ResumableKernel(MethodInfo kernel)
    {
        step = new DynamicMethod(kernel.Name, typeof(int), [typeof(LaneFrame)], kernel.Module, skipVisibility: true);
        il = step.GetILGenerator();
        save = il.DefineLabel();
        var restore = il.DefineLabel();
        state = il.DeclareLocal(typeof(int));

        LoadField(nameof(LaneFrame.State));
        il.Emit(OpCodes.Brtrue, restore);
        var parameters = kernel.GetParameters();
        var arguments = parameters.Select(parameter => Declare(parameter.ParameterType)).ToArray();
        for (int i = 0; i < arguments.Length; i++)
        {
            LoadField(nameof(LaneFrame.Arguments));
            LoadBox(i, arguments[i].LocalType);
            il.Emit(OpCodes.Stloc, arguments[i]);
        }
        Splice(kernel, arguments, result: null, [kernel]);
        il.Emit(OpCodes.Ldc_I4_0);
        il.Emit(OpCodes.Stloc, state);
        il.MarkLabel(save);
        MoveVariables(toFrame: true);
        il.Emit(OpCodes.Ldloc, state);
        il.Emit(OpCodes.Ret);

        il.MarkLabel(restore);
        MoveVariables(toFrame: false);
        LoadField(nameof(LaneFrame.State));
        il.Emit(OpCodes.Ldc_I4_1);
        il.Emit(OpCodes.Sub);
        il.Emit(OpCodes.Switch, [.. resumptions]);
        il.Emit(OpCodes.Ldc_I4_0);
        il.Emit(OpCodes.Ret);
        Step = step.CreateDelegate<Func<LaneFrame, int>>();
    }

    /// <summary>Runs a thread to its next barrier and returns that barrier's number, or 0 at the end.</summary>
    public Func<LaneFrame, int> Step { get; }

    /// <summary>The kernel made resumable, or null if it has no barrier.</summary>
    public static ResumableKernel? Of(MethodInfo kernel) => HasBarrier(kernel, []) ? new ResumableKernel(kernel) : null;

    /// <summary>Frames for the <paramref name="count"/> threads of a group, their variables in one pinned array.</summary>
    public LaneFrame[] NewFrames(int count, object[] arguments)
    {
        // The frames hold on to the array through their last box.
        byte[] values = GC.AllocateArray<byte>(count * valueBytes + 1, pinned: true);
        nint address = Marshal.UnsafeAddrOfPinnedArrayElement(values, 0);
        var frames = new LaneFrame[count];
        for (int thread = 0; thread < count; thread++)
            frames[thread] = new LaneFrame
            {
                Arguments = arguments,
                Views = [.. views.Select(type => Activator.CreateInstance(typeof(StrongBox<>).MakeGenericType(type))!), values],
                Address = address + thread * valueBytes,
            };
        return frames;
    }

    private static bool HasBarrier(MethodBase method, HashSet<MethodBase> seen)
    {
        if (method == BarrierMethod) return true;
        if (!method.IsStatic || !seen.Add(method) || method.Module == typeof(Group).Module
            || method.Module == typeof(object).Module) return false;
        return Instruction.Read(method).Any(instruction =>
            instruction.Code == OpCodes.Call && instruction.Operand is MethodInfo callee && HasBarrier(callee, seen));
    }

    /// <summary>Emits a method's body; its returns become jumps behind it.</summary>
    private void Splice(MethodInfo method, LocalBuilder[] arguments, LocalBuilder? result, MethodInfo[] callers)
    {
        var body = method.GetMethodBody()!;
        if (body.ExceptionHandlingClauses.Count > 0)
            throw new KernelFault($"{method.Name} has a barrier and handles exceptions, but kernels have no exceptions.");
        var instructions = Instruction.Read(method);
        var locals = body.LocalVariables.Select(local => Declare(local.LocalType)).ToArray();
        var labels = instructions.ToDictionary(instruction => instruction.Offset, _ => il.DefineLabel());
        var end = il.DefineLabel();
        foreach (var instruction in instructions)
        {
            il.MarkLabel(labels[instruction.Offset]);
            var code = instruction.Code;
            if (code == OpCodes.Ret)
            {
                if (result is not null) il.Emit(OpCodes.Stloc, result);
                il.Emit(OpCodes.Br, end);
            }
            else if (instruction.Operand is MethodInfo callee && code == OpCodes.Call && callee == BarrierMethod)
            {
                Stop();
            }
            else if (instruction.Operand is MethodInfo helper && code == OpCodes.Call && HasBarrier(helper, []))
            {
                SpliceCall(helper, callers);
            }
            else
            {
                Copy(instruction, arguments, locals, labels);
            }
        }
        il.MarkLabel(end);
    }

    private void SpliceCall(MethodInfo helper, MethodInfo[] callers)
    {
        if (callers.Contains(helper)) throw new KernelFault($"{helper.Name} has a barrier and calls itself.");
        var arguments = helper.GetParameters().Select(parameter => Declare(parameter.ParameterType)).ToArray();
        foreach (var argument in Enumerable.Reverse(arguments)) il.Emit(OpCodes.Stloc, argument);
        var result = helper.ReturnType == typeof(void) ? null : Declare(helper.ReturnType);
        Splice(helper, arguments, result, [.. callers, helper]);
        if (result is not null) il.Emit(OpCodes.Ldloc, result);
    }

    private void Stop()
    {
        var resumption = il.DefineLabel();
        resumptions.Add(resumption);
        il.Emit(OpCodes.Ldc_I4, resumptions.Count);
        il.Emit(OpCodes.Stloc, state);
        il.Emit(OpCodes.Br, save);
        il.MarkLabel(resumption);
    }

    private void Copy(
        Instruction instruction, LocalBuilder[] arguments, LocalBuilder[] locals, Dictionary<int, Label> labels)
    {
        var code = instruction.Code;
        string name = code.Name!;
        if (name.StartsWith("ldarga")) il.Emit(OpCodes.Ldloca, arguments[instruction.Variable()]);
        else if (name.StartsWith("ldarg")) il.Emit(OpCodes.Ldloc, arguments[instruction.Variable()]);
        else if (name.StartsWith("starg")) il.Emit(OpCodes.Stloc, arguments[instruction.Variable()]);
        else if (name.StartsWith("ldloca")) il.Emit(OpCodes.Ldloca, locals[instruction.Variable()]);
        else if (name.StartsWith("ldloc")) il.Emit(OpCodes.Ldloc, locals[instruction.Variable()]);
        else if (name.StartsWith("stloc")) il.Emit(OpCodes.Stloc, locals[instruction.Variable()]);
        else if (code.OperandType is OperandType.InlineBrTarget or OperandType.ShortInlineBrTarget)
            il.Emit(LongForm(code), labels[(int)instruction.Operand!]);
        else
            switch (instruction.Operand)
            {
                case null: il.Emit(code); break;
                case int[] targets: il.Emit(code, targets.Select(target => labels[target]).ToArray()); break;
                case int value: il.Emit(code, value); break;
                case sbyte value: il.Emit(code, value); break;
                case long value: il.Emit(code, value); break;
                case float value: il.Emit(code, value); break;
                case double value: il.Emit(code, value); break;
                case string value: il.Emit(code, value); break;
                case Type type: il.Emit(code, type); break;
                case FieldInfo field: il.Emit(code, field); break;
                case ConstructorInfo constructor: il.Emit(code, constructor); break;
                case MethodInfo method: il.Emit(code, method); break;
                default: throw new KernelFault($"{step.Name} has a barrier and the instruction {name}, which no kernel has.");
            }
    }

    // Inserted code may put targets out of the reach of short branches: br.s becomes br.
    private static OpCode LongForm(OpCode code) =>
        code.OperandType == OperandType.InlineBrTarget
            ? code
            : (OpCode)typeof(OpCodes).GetField(
                code.Name![..^2].Replace('.', '_'),
                BindingFlags.Public | BindingFlags.Static | BindingFlags.IgnoreCase)!.GetValue(null)!;

    private LocalBuilder Declare(Type type)
    {
        var variable = il.DeclareLocal(type);
        // The compiler's references to other variables never live beyond a statement, so not beyond a barrier either.
        if (!type.IsByRef) variables.Add(variable);
        return variable;
    }

    private void MoveVariables(bool toFrame)
    {
        views.Clear();
        valueBytes = 0;
        foreach (var variable in variables)
        {
            var type = variable.LocalType;
            if (ContainsReferences(type))
            {
                LoadField(nameof(LaneFrame.Views));
                if (toFrame) LoadBoxReference(views.Count, type);
                else LoadBox(views.Count, type);
                if (toFrame) il.Emit(OpCodes.Ldloc, variable);
                if (toFrame) il.Emit(OpCodes.Stfld, typeof(StrongBox<>).MakeGenericType(type).GetField("Value")!);
                else il.Emit(OpCodes.Stloc, variable);
                views.Add(type);
                continue;
            }
            LoadField(nameof(LaneFrame.Address));
            il.Emit(OpCodes.Ldc_I4, valueBytes);
            il.Emit(OpCodes.Add);
            if (toFrame) il.Emit(OpCodes.Ldloc, variable);
            il.Emit(toFrame ? OpCodes.Stobj : OpCodes.Ldobj, type);
            if (!toFrame) il.Emit(OpCodes.Stloc, variable);
            valueBytes += (SizeOf(type) + 7) & ~7;
        }
    }

    private void LoadField(string field)
    {
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldfld, typeof(LaneFrame).GetField(field)!);
    }

    private void LoadBoxReference(int index, Type type)
    {
        il.Emit(OpCodes.Ldc_I4, index);
        il.Emit(OpCodes.Ldelem_Ref);
        il.Emit(OpCodes.Castclass, typeof(StrongBox<>).MakeGenericType(type));
    }

    private void LoadBox(int index, Type type)
    {
        LoadBoxReference(index, type);
        il.Emit(OpCodes.Ldfld, typeof(StrongBox<>).MakeGenericType(type).GetField("Value")!);
    }

    private static bool ContainsReferences(Type type) =>
        (bool)typeof(RuntimeHelpers).GetMethod(nameof(RuntimeHelpers.IsReferenceOrContainsReferences))!
            .MakeGenericMethod(type).Invoke(null, null)!;

    private static int SizeOf(Type type) =>
        (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!;
}
