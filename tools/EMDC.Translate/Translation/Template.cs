using System.Reflection;
using System.Reflection.Emit;

namespace EMDC.Translate;

/// <summary>
/// A method that is one short expression, written in place of its call: properties, constructors of records, operators.
/// </summary>
internal sealed class Template : Evaluator
{
    // Above it, a function reads better. A dozen operations and their operands.
    private const int MostNodes = 24;

    private readonly Expression[] arguments;
    private readonly Dictionary<int, Expression> locals = [];
    private readonly Dictionary<int, Expression> fields = [];
    private bool failed;

    private Template(KernelProgram program, MethodBase method, Expression[] arguments) : base(program, method) => this.arguments = arguments;

    /// <summary>The value of the call, or null if the method is more than an expression.</summary>
    /// <param name="program">The kernel.</param>
    /// <param name="method">What is called.</param>
    /// <param name="arguments">The values it is called with.</param>
    /// <param name="keep">Puts a value that is needed more than once into a variable.</param>
    public static Expression? Inline(KernelProgram program, MethodBase method, Expression[] arguments, Func<Expression, Expression> keep)
    {
        if (method is MethodInfo { ReturnType: var type } && (type == typeof(void) || type.IsByRef)) return null;

        // The method runs on names for its arguments first, which shows how often it uses each.
        var names = arguments.Select(argument => Name(argument)).ToArray();
        var template = new Template(program, method, [.. names.Select((name, i) => Bound(arguments[i], name))]);
        if (template.Evaluate() is not { } value || value.Tree.Count() > MostNodes) return null;
        var bindings = new Dictionary<Variable, Expression>();
        for (int i = 0; i < arguments.Length; i++)
        {
            if (names[i] is not { } name) continue;
            var argument = Value(arguments[i]);
            int uses = value.Tree.Count(part => part is Local local && local.Variable == name);
            if (uses > 1 && !argument.IsTrivial) argument = keep(argument);
            bindings[name] = argument;
            if (name.Length is not null && argument is ViewValue view) (bindings[name], bindings[name.Length]) = (view.Pointer, view.Length);
        }
        return Substitute(value);

        Expression Substitute(Expression part) => part switch
        {
            Local local when bindings.TryGetValue(local.Variable, out var bound) => bound,
            Member { Target: var target } member when Substitute(target) is Build build => TypeMap.Component(build, member.Name),
            _ => part.Map(Substitute),
        };
    }

    protected override Expression Argument(int index) => arguments[index];

    protected override Expression ArgumentAddress(int index) => new AddressOf(arguments[index]);

    protected override void StoreArgument(int index, Expression value) => failed = true;

    protected override Expression LocalValue() => locals[Instructions[At].Variable()];

    protected override Expression LocalAddress()
    {
        if (locals.TryGetValue(Instructions[At].Variable(), out var value)) return new AddressOf(value);
        failed = true;
        return Literal.Int(0);
    }

    protected override void StoreLocal(Expression value)
    {
        var type = Method.GetMethodBody()!.LocalVariables[Instructions[At].Variable()].LocalType;
        if (value is AddressOf || Types.Of(type) is not { } known) failed = true;
        else locals[Instructions[At].Variable()] = Numbers.Convert(value, known);
    }

    protected override void StoreField(Expression record, FieldInfo field, Expression value)
    {
        int index = Array.FindIndex(TypeMap.Fields(Method.DeclaringType!), one => one.MetadataToken == field.MetadataToken);
        if (Method.IsConstructor && record == arguments[0] && Types.Of(field.FieldType) is { } type) fields[index] = Numbers.Convert(value, type);
        else failed = true;
    }

    protected override void Do(Statement statement)
    {
        // A constructor that calls another one.
        if (Method.IsConstructor && statement is Assign { Value: Build { Type: var type } build } assign
            && new AddressOf(assign.Target) == arguments[0] && build.Parts.Count == TypeMap.Fields(Method.DeclaringType!).Length && type is RecordType)
            for (int i = 0; i < build.Parts.Count; i++) fields[i] = build.Parts[i];
        else
            failed = true;
    }

    protected override Expression Keep(Expression value)
    {
        failed |= !value.IsTrivial && value is not AddressOf;
        return value;
    }

    protected override Expression Shared(ClType element, int count)
    {
        failed = true;
        return Variable.New(null, new ViewType(element, AddressSpace.Local)).Read();
    }

    protected override void CallHelper(MethodBase callee, Expression[] arguments)
    {
        failed = true;
        Push(Literal.Int(0));
    }

    private Expression? Evaluate()
    {
        for (At = 0; At < Instructions.Count; At++)
        {
            var code = Instructions[At].Code;
            if (code == OpCodes.Ret) return failed ? null : Result();
            if (code.FlowControl is FlowControl.Branch && (int)Instructions[At].Operand! == Instructions[At + 1].Offset) continue;

            // What cannot be in an expression is looked at, and refused, as part of a function.
            if (code.FlowControl is not (FlowControl.Next or FlowControl.Call) || code == OpCodes.Ldsfld
                || code == OpCodes.Call && Instructions[At].Operand is MethodInfo { ReturnType: var type } && type == typeof(void)
                || Refusals.IsForeign(code)) return null;
            Step();
            if (failed) return null;
        }
        return null;
    }

    private Expression? Result()
    {
        if (!Method.IsConstructor)
        {
            var type = ((MethodInfo)Method).ReturnType;
            return Types.Of(type) is not { } known ? null : Numbers.Convert(Value(Pop()), known);
        }
        var self = (Local)((AddressOf)arguments[0]).Location;
        if (fields.Count != TypeMap.Fields(Method.DeclaringType!).Length || fields.Values.Any(value => value.Mentions(self.Variable))) return null;
        return Records.Build(Types.Of(Method.DeclaringType!)!, [.. fields.OrderBy(pair => pair.Key).Select(pair => pair.Value)]);
    }

    private static Variable? Name(Expression argument) =>
        argument is Literal ? null : Variable.New(null, argument is AddressOf known ? known.Location.Type : Value(argument).Type);

    private static Expression Bound(Expression argument, Variable? name) =>
        name is null ? argument
        : argument is AddressOf || argument.Type is PointerType ? new AddressOf(name.Read())
        : name.Read();
}
