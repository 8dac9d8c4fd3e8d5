using System.Reflection;
using System.Reflection.Emit;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime;

namespace EMDC.Translate;

/// <summary>What a call means.</summary>
internal abstract partial class Evaluator
{
    // The value types that ILGPU's indices are; their methods are read like any helper's.
    private static readonly Type[] Readable = [typeof(Index1D), typeof(Index2D), typeof(Index3D), typeof(LongIndex1D), typeof(XMath), typeof(IntrinsicMath)];

    private void Call(MethodBase callee)
    {
        var arguments = Arguments(callee);
        var owner = callee.DeclaringType!;
        if (callee == typeof(Group).GetMethod(nameof(Group.Barrier)))
        {
            Do(new Barrier());
        }
        else if (owner == typeof(Group) || owner == typeof(Grid))
        {
            Push(Views.Place(Types, callee) ?? throw Unknown(callee));
        }
        else if (owner == typeof(SharedMemory))
        {
            if (arguments[0] is not Literal { Value: int count })
                throw Fault("allocates shared memory of a size that is no constant, but OpenCL C must know it");
            var element = Types.Of(callee.GetGenericArguments()[0]);
            if (element is null || TypeMap.LayoutFlaw(callee.GetGenericArguments()[0], element) is not null || count < 1)
                throw Fault($"allocates shared memory of {count} elements of type {KernelSignature.TypeName(callee.GetGenericArguments()[0])}, but needs at least one of int, uint, float or records of them");
            Push(Shared(element, count));
        }
        else if (Views.IsView(owner) || owner == typeof(ArrayViewExtensions))
        {
            arguments = [.. arguments.Select(Value)];
            if (callee.Name == "get_Item" && arguments is [ViewValue { Type: ViewType type } view, var index])
                Push(new AddressOf(new Element(view.Pointer, Program.Places is null ? index : Checked(view, index), type.Element)));
            else
                Push(Views.Read(Types, callee, arguments) ?? throw Unknown(callee));
        }
        else if (Builtins.Call(callee, arguments) is { } builtin)
        {
            Push(builtin);
        }
        else if (callee.IsConstructor)
        {
            Store(Location(arguments[0]), Built((ConstructorInfo)callee, arguments[1..]));
        }
        else if (Setter(callee) is { } field)
        {
            StoreField(arguments[0], field, arguments[1]);
        }
        else
        {
            CheckReadable(callee);
            if (Template.Inline(Program, callee, arguments, Keep) is { } value) Push(value);
            else CallHelper(callee, arguments);
        }
    }

    /// <summary>The index, by way of a function that tests it (<see cref="CheckedText"/>).</summary>
    private Call Checked(ViewValue view, Expression index) => new(
        CheckedText.At, null,
        [index.Type.IsWide ? new Call("convert_int_sat", null, [index], ClType.Int) : index, view.Length, Literal.Int(Program.Place(Method, Instructions[At].Offset))],
        ClType.Int);

    private void New(ConstructorInfo constructor)
    {
        if (!constructor.DeclaringType!.IsValueType)
            throw Fault($"makes an object of {constructor.DeclaringType.Name}, but kernels have no objects");
        Push(Built(constructor, Arguments(constructor, isNew: true)));
    }

    private Expression Built(ConstructorInfo constructor, Expression[] arguments)
    {
        var type = constructor.DeclaringType!;
        if (Views.IsView(type)) throw Unknown(constructor);
        if (Types.Of(type) is not { } record) throw Fault(Refusals.Type("makes a value", type));
        CheckReadable(constructor);
        var self = Variable.New("self", record);
        if (Template.Inline(Program, constructor, [new AddressOf(new Local(self)), .. arguments], Keep) is { } value) return value;
        CallHelper(constructor, arguments);
        return Pop();
    }

    // Numbers are what the parameter's type says: a bool for an int is an int.
    private Expression[] Arguments(MethodBase callee, bool isNew = false)
    {
        var types = callee.GetParameters().Select(parameter => parameter.ParameterType).ToList();
        if (!callee.IsStatic && !isNew) types.Insert(0, callee.DeclaringType!.MakeByRefType());
        var arguments = new Expression[types.Count];
        for (int i = types.Count - 1; i >= 0; i--)
        {
            var value = Pop();
            arguments[i] = !types[i].IsByRef && Types.Of(types[i]) is ScalarType scalar ? Numbers.Convert(value, scalar) : value;
        }
        return arguments;
    }

    /// <summary>The field that a property's setter sets and does nothing else, or null.</summary>
    private static FieldInfo? Setter(MethodBase callee)
    {
        if (callee.IsStatic || !callee.Name.StartsWith("set_") || callee.GetMethodBody() is null) return null;
        var il = Instruction.Read(callee).Where(instruction => instruction.Code != OpCodes.Nop).ToList();
        return il.Count == 4 && il[2].Code == OpCodes.Stfld && il[1].Code == OpCodes.Ldarg_1 ? (FieldInfo)il[2].Operand! : null;
    }

    private void CheckReadable(MethodBase callee)
    {
        // What implements an interface's method is virtual, but final in a record.
        bool isVirtual = callee is { IsVirtual: true, IsFinal: false };
        if (callee.DeclaringType == Method.DeclaringType && callee.Module == Method.Module && !callee.IsGenericMethod && !isVirtual) return;
        bool foreign = callee.Module.Assembly.GetName().Name!.Split('.')[0] is "System" or "Microsoft"
            || (callee.Module == typeof(Group).Module || callee.Module == typeof(XMath).Module) && !Readable.Contains(callee.DeclaringType);
        if (foreign || isVirtual || callee.IsGenericMethod || callee.GetMethodBody() is null) throw Unknown(callee);
    }

    private TranslationFault Unknown(MethodBase callee) => Fault(
        $"calls {callee.DeclaringType?.Name.Split('`')[0]}.{callee.Name}, but kernels call only static helpers, methods of their records, " +
        "functions of XMath and MathF that OpenCL C has, and ILGPU's views, groups and indices");
}
