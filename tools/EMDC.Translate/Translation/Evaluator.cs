using System.Reflection;

namespace EMDC.Translate;

/// <summary>Runs instructions on a stack of expressions instead of values.</summary>
internal abstract partial class Evaluator(KernelProgram program, MethodBase method)
{
    protected KernelProgram Program => program;

    protected MethodBase Method => method;

    protected TypeMap Types => program.Types;

    protected List<Instruction> Instructions { get; } = Instruction.Read(method);

    protected List<Expression> Stack { get; set; } = [];

    /// <summary>The instruction that runs.</summary>
    protected int At { get; set; }

    protected abstract Expression Argument(int index);

    protected abstract Expression ArgumentAddress(int index);

    protected abstract void StoreArgument(int index, Expression value);

    protected abstract Expression LocalValue();

    protected abstract Expression LocalAddress();

    protected abstract void StoreLocal(Expression value);

    /// <summary>Adds a statement.</summary>
    protected abstract void Do(Statement statement);

    /// <summary>The value in a form that may be written more than once.</summary>
    protected abstract Expression Keep(Expression value);

    /// <summary>An array in shared memory.</summary>
    protected abstract Expression Shared(ClType element, int count);

    /// <summary>A call of a method that is not inlined.</summary>
    protected abstract void CallHelper(MethodBase callee, Expression[] arguments);

    protected TranslationFault Fault(string construct) => program.Fault(method, Instructions[At].Offset, construct);

    protected Expression Pop()
    {
        var value = Stack[^1];
        Stack.RemoveAt(Stack.Count - 1);
        return value;
    }

    protected void Push(Expression value) => Stack.Add(value);

    /// <summary>Runs an instruction that does not jump.</summary>
    protected void Step()
    {
        var instruction = Instructions[At];
        string name = instruction.Code.Name!;
        switch (name)
        {
            case "nop" or "readonly.":
                break;
            case "pop":
                Pop();
                break;
            case "dup":
                Push(Stack[^1] = Keep(Stack[^1]));
                break;
            case "ldarg.0" or "ldarg.1" or "ldarg.2" or "ldarg.3" or "ldarg.s" or "ldarg":
                Push(Argument(instruction.Variable()));
                break;
            case "ldarga.s" or "ldarga":
                Push(ArgumentAddress(instruction.Variable()));
                break;
            case "starg.s" or "starg":
                StoreArgument(instruction.Variable(), Pop());
                break;
            case "ldloc.0" or "ldloc.1" or "ldloc.2" or "ldloc.3" or "ldloc.s" or "ldloc":
                Push(LocalValue());
                break;
            case "ldloca.s" or "ldloca":
                Push(LocalAddress());
                break;
            case "stloc.0" or "stloc.1" or "stloc.2" or "stloc.3" or "stloc.s" or "stloc":
                StoreLocal(Pop());
                break;
            case "ldc.i4.m1":
                Push(Literal.Int(-1));
                break;
            case "ldc.i4.0" or "ldc.i4.1" or "ldc.i4.2" or "ldc.i4.3" or "ldc.i4.4" or "ldc.i4.5" or "ldc.i4.6" or "ldc.i4.7" or "ldc.i4.8":
                Push(Literal.Int(name[^1] - '0'));
                break;
            case "ldc.i4.s":
                Push(Literal.Int((sbyte)instruction.Operand!));
                break;
            case "ldc.i4":
                Push(Literal.Int((int)instruction.Operand!));
                break;
            case "ldc.i8":
                Push(new Literal(ClType.Long, instruction.Operand!));
                break;
            case "ldc.r4":
                Push(Literal.Float((float)instruction.Operand!));
                break;
            case "add" or "sub" or "mul" or "and" or "or" or "xor":
                Binary((left, right) => Numbers.Arithmetic(Symbol(name), left, right));
                break;
            case "div" or "div.un" or "rem" or "rem.un":
                Binary((left, right) => Numbers.Divide(name[0] == 'd' ? "/" : "%", left, right, name.EndsWith(".un")));
                break;
            case "shl" or "shr" or "shr.un":
                Binary((left, right) => Numbers.Shift(name == "shl" ? "<<" : ">>", left, right, name.EndsWith(".un")));
                break;
            case "neg" or "not":
                Push(Numbers.Negate(name == "neg" ? "-" : "~", Pop()));
                break;
            case "ceq":
                Compare("==", false);
                break;
            case "cgt" or "cgt.un":
                Compare(">", name.EndsWith(".un"));
                break;
            case "clt" or "clt.un":
                Compare("<", name.EndsWith(".un"));
                break;
            case "ldfld":
                Push(Types.Field(Value(Pop()), (FieldInfo)instruction.Operand!));
                break;
            case "ldflda":
                Push(new AddressOf(Types.Field(Location(Pop()), (FieldInfo)instruction.Operand!)));
                break;
            case "stfld":
                var stored = Pop();
                StoreField(Pop(), (FieldInfo)instruction.Operand!, stored);
                break;
            case "ldsfld":
                Push(Static((FieldInfo)instruction.Operand!));
                break;
            case "ldobj" or "ldind.i4" or "ldind.u4" or "ldind.r4" or "ldind.i8" or "ldind.u1":
                Push(Location(Pop()));
                break;
            case "stobj" or "stind.i4" or "stind.r4" or "stind.i8" or "stind.i1":
                var written = Pop();
                Store(Location(Pop()), written);
                break;
            case "initobj":
                var cleared = Location(Pop());
                Store(cleared, Records.Zero(cleared.Type));
                break;
            case "newobj":
                New((ConstructorInfo)instruction.Operand!);
                break;
            case "call":
                Call((MethodBase)instruction.Operand!);
                break;
            default:
                if (!name.StartsWith("conv.") || Conversion(name, Stack[^1]) is not { } converted)
                    throw Fault(Refusals.Instruction(instruction));
                Pop();
                Push(converted);
                break;
        }
    }

    /// <summary>A value, behind its address if it is one.</summary>
    protected static Expression Value(Expression value) => value.Type is PointerType || value is AddressOf ? Location(value) : value;

    /// <summary>What an address points to.</summary>
    protected static Expression Location(Expression address) => address is AddressOf known
        ? known.Location
        : new Dereference(address, ((PointerType)address.Type).Target);

    protected virtual void StoreField(Expression record, FieldInfo field, Expression value) =>
        Store(Types.Field(Location(record), field), value);

    /// <summary>target = value; a view is an address and a length.</summary>
    protected void Store(Expression target, Expression value)
    {
        if (target is ViewValue place)
        {
            var view = (ViewValue)value;
            Do(new Assign(place.Pointer, view.Pointer));
            Do(new Assign(place.Length, view.Length));
            return;
        }
        Do(new Assign(target, Numbers.Convert(value, target.Type)));
    }

    private static string Symbol(string name) => name switch
    {
        "add" => "+",
        "sub" => "-",
        "mul" => "*",
        "and" => "&",
        "or" => "|",
        _ => "^",
    };

    private void Binary(Func<Expression, Expression, Expression> operation)
    {
        var right = Pop();
        Push(operation(Pop(), right));
    }

    private void Compare(string operation, bool unordered) =>
        Binary((left, right) => Numbers.Compare(operation, left, right, unordered));

    private Expression Static(FieldInfo field)
    {
        if (field.IsInitOnly && field.GetValue(null) is var value && value is int or uint or float)
            return new Literal(Types.Of(field.FieldType)!, value);
        if (field.FieldType.IsAssignableTo(typeof(Delegate))) throw Fault("uses a delegate, but kernels have none");
        throw Fault($"reads the static field {field.DeclaringType!.Name}.{field.Name}, but kernels know only constants and static readonly int, uint and float");
    }

    // Out of range, .NET's conversions from float give the nearest number and NaN gives 0, as OpenCL's saturated ones do.
    private static Expression? Conversion(string name, Expression value)
    {
        bool real = value.Type == ClType.Float;
        Expression To(ScalarType type) => real
            ? new Call($"convert_{type}_sat", null, [value], type)
            : Numbers.Convert(value, type);
        Expression Small(string type)
        {
            var whole = To(ClType.Int);
            return new Cast(ClType.Int, new Cast(new ScalarType(type, 4), whole));
        }
        return name switch
        {
            "conv.i1" => Small("char"),
            "conv.u1" => Small("uchar"),
            "conv.i2" => Small("short"),
            "conv.u2" => Small("ushort"),
            "conv.i4" => To(ClType.Int),
            "conv.u4" => To(ClType.UInt),
            "conv.i8" => real ? To(ClType.Long) : Numbers.Convert(Signed(value), ClType.Long),
            "conv.u8" => real ? To(ClType.ULong) : Numbers.Convert(Unsigned(value), ClType.ULong),
            "conv.r4" => real ? value : new Cast(ClType.Float, Signed(value)),
            "conv.r.un" => new Cast(ClType.Float, Unsigned(value)),
            _ => null,
        };
    }

    private static Expression Signed(Expression value) =>
        value.Type.IsWide ? Numbers.Convert(value, ClType.Long) : Numbers.Convert(value, ClType.Int);

    private static Expression Unsigned(Expression value) =>
        value.Type.IsWide ? Numbers.Convert(value, ClType.ULong) : Numbers.Convert(value, ClType.UInt);
}
