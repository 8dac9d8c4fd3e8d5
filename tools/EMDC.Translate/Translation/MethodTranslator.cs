using System.Reflection;
using System.Reflection.Emit;

namespace EMDC.Translate;

/// <summary>Turns a method's instructions into the statements of a function.</summary>
internal sealed class MethodTranslator : Evaluator
{
    private readonly Function function;
    private readonly FlowGraph graph;
    private readonly LocalWebs webs;
    private readonly Expression[] arguments;
    private readonly Variable? self;
    private readonly Dictionary<LocalWebs.Web, Variable> variables = [];
    private readonly Dictionary<LocalWebs.Web, Expression> aliases = [];
    private Block current = null!;

    /// <param name="program">The kernel.</param>
    /// <param name="function">What to fill in.</param>
    /// <param name="values">Values that the method is called with: their types make the parameters.</param>
    public MethodTranslator(KernelProgram program, Function function, Expression[] values)
        : base(program, function.Method)
    {
        this.function = function;
        if (Method.GetMethodBody()!.ExceptionHandlingClauses.Count > 0)
            throw program.Fault(Method, 0, "handles exceptions, but kernels have none");
        graph = FlowGraph.Of(Instructions);
        webs = new LocalWebs(Method, Instructions, graph, DebugInformation.Of(Method));
        var parameters = Method.GetParameters();
        bool isThis = !Method.IsStatic && !Method.IsConstructor;
        if (Method.IsConstructor) self = Variable.New("self", Types.Of(Method.DeclaringType!)!);
        arguments = new Expression[parameters.Length + (Method.IsStatic ? 0 : 1)];
        for (int i = 0; i < arguments.Length; i++)
        {
            if (self is not null && i == 0)
            {
                arguments[0] = new AddressOf(self.Read());
                continue;
            }
            string name = Method.IsStatic ? parameters[i].Name! : isThis && i == 0 ? "self" : parameters[i - 1].Name!;
            var value = values[self is null ? i : i - 1];
            bool readOnly = isThis && i == 0 && StackShape.IsReadOnly((MethodInfo)Method);
            var parameter = Variable.New(name, readOnly ? Value(value).Type : value.Type, IsNeverStored(i));
            function.Parameters.Add(parameter);
            arguments[i] = readOnly ? new AddressOf(parameter.Read()) : parameter.Read();
        }
    }

    /// <summary>Fills in the function.</summary>
    public void Translate()
    {
        if (Method is MethodInfo { ReturnType: var returned })
            function.Type = !Views.IsView(returned) && !returned.IsByRef && Types.Of(returned) is { } type
                ? type
                : throw Fault($"returns a value of type {KernelSignature.TypeName(returned)}, but helpers return numbers and records of numbers");
        else
            function.Type = self!.Type;
        var order = graph.Order();
        foreach (var block in order) Translate(block);
        Conditions.Reduce(graph);
        function.Body = Structurer.Structure(graph, block => Program.Fault(
            Method, Instructions[block.First].Offset, "jumps into a loop, but OpenCL C has only loops with one way in"));
        Tidy.Loops(function.Body);
        Lengths.DropUnused(function);
        Declarations.Place(function);
    }

    protected override Expression Argument(int index) => arguments[index];

    protected override Expression ArgumentAddress(int index) => new AddressOf(arguments[index]);

    protected override void StoreArgument(int index, Expression value) => Store(arguments[index], value);

    protected override Expression LocalValue()
    {
        var web = webs.Of(At);
        return aliases.TryGetValue(web, out var alias) ? alias : VariableOf(web, null).Read();
    }

    protected override Expression LocalAddress()
    {
        var web = webs.Of(At);
        return new AddressOf(aliases.TryGetValue(web, out var alias) ? alias : VariableOf(web, null).Read());
    }

    protected override void StoreLocal(Expression value)
    {
        var web = webs.Of(At);
        if (web.Type.IsByRef)
        {
            if (web.Stores > 1) throw Fault("keeps a reference to one of several variables, but kernels have no such references");
            // What it refers to is found once, here; the next instruction finds the same in any case.
            aliases[web] = webs.IsPassedOn(At) ? value : Frozen(value, _ => true);
            return;
        }

        if (webs.IsPassedOn(At))
        {
            aliases[web] = Numbers.Convert(value, Types.Of(web.Type) ?? value.Type);
            return;
        }

        // What only gives another name to a value does without a variable of its own, unless the source's name helps.
        if (web.Stores == 1 && value.IsStable && (web.Name is null || value.Type is not ScalarType))
        {
            if (value is ViewValue { Pointer: Local { Variable: { SharedElements: > 0, Name: null } array } }) array.Name = web.Name;
            aliases[web] = value;
            return;
        }
        var variable = VariableOf(web, value.Type);
        if (variable.Type is ViewType && variable.Type != value.Type)
            throw Fault($"lets {web.Name ?? "a view"} look at global and at shared memory, but in OpenCL C a pointer has one address space");
        Store(variable.Read(), value);
    }

    protected override void Do(Statement statement)
    {
        switch (statement)
        {
            case Assign { Target.InMemory.Pointer.Type: ViewType { Space: var space } }:
                function.HasEffects = true;
                Program.WritesGlobal |= space == AddressSpace.Global;
                Spill(value => value.ReadsMemory);
                break;
            case Assign assign when Root(assign.Target) is { } variable:
                if (assign.Value is Call { Helper.HasEffects: true }) goto default;
                Spill(value => value.Mentions(variable));
                break;
            default:
                function.HasEffects = true;
                Spill(value => !value.IsStable);
                break;
        }
        current.Statements.Add(statement);
    }

    protected override Expression Keep(Expression value)
    {
        if (value.IsTrivial || value is AddressOf or ViewValue { IsStable: true }) return value;
        var kept = Variable.New(null, value.Type, isFixed: true).Read();
        Store(kept, value);
        return kept;
    }

    protected override Expression Shared(ClType element, int count)
    {
        if (!function.IsKernel) throw Fault("allocates shared memory in a helper, but OpenCL C declares it in the kernel itself");
        var array = new Variable(null, new ViewType(element, AddressSpace.Local)) { SharedElements = count, IsFixed = true };
        Program.Shared.Add(array);
        return new ViewValue(new Local(array), Literal.Int(count));
    }

    protected override void CallHelper(MethodBase callee, Expression[] values)
    {
        Expression[] passed = [.. values];
        if (callee is MethodInfo { IsStatic: false } instance)
            passed[0] = StackShape.IsReadOnly(instance) ? Value(values[0]) : Writable(values[0]);
        if (passed.Any(value => value is AddressOf { Location.InMemory: not null }))
            throw Fault($"hands {callee.Name} an element of a view by reference, but in OpenCL C that is another kind of pointer than a variable's");
        var helper = Program.Helper(callee, passed, Fault);
        var call = new Call(helper.Name, helper, passed, helper.Type);
        if (passed.Any(value => value.Type is PointerType)) helper.HasEffects = true;
        if (!helper.HasEffects)
        {
            if (helper.Type != ClType.Void) Push(call);
        }
        else if (helper.Type == ClType.Void)
        {
            Do(new Run(call));
        }
        else
        {
            var result = Variable.New(null, helper.Type, isFixed: true).Read();
            Store(result, call);
            Push(result);
        }
    }

    private void Translate(Block block)
    {
        current = block;
        At = block.First;
        Stack = Entering(block);
        for (At = block.First; At < block.End; At++)
        {
            var code = Instructions[At].Code;
            if (At < block.End - 1 || code.FlowControl is FlowControl.Next or FlowControl.Call or FlowControl.Meta or FlowControl.Break)
            {
                Step();
                continue;
            }
            block.Ending = End(block, Instructions[At]);
        }
        block.Left = Stack;
        block.Ending ??= new Jump(block.Next[0]);
    }

    private Ending End(Block block, Instruction last)
    {
        string name = last.Code.Name!;
        switch (name.Split('.')[0])
        {
            case "br" when last.Code.FlowControl == FlowControl.Branch:
                return new Jump(block.Next[0]);
            case "ret":
                return new Leave(
                    self is not null ? self.Read() : function.Type == ClType.Void ? null : Numbers.Convert(Value(Pop()), function.Type));
            case "brtrue":
                return To(Numbers.Truth(Pop()));
            case "brfalse":
                return To(Numbers.Not(Numbers.Truth(Pop())));
            case "switch":
                return new Select(Numbers.Convert(Pop(), ClType.Int), [.. block.Next.Skip(1)], block.Next[0]);
            case "beq" or "bne" or "blt" or "ble" or "bgt" or "bge":
                var right = Pop();
                string operation = name[..3] switch
                {
                    "beq" => "==",
                    "bne" => "!=",
                    "blt" => "<",
                    "ble" => "<=",
                    "bgt" => ">",
                    _ => ">=",
                };
                return To(Numbers.Compare(operation, Pop(), right, name.Contains(".un")));
            default:
                throw Fault(Refusals.Instruction(last));
        }

        Ending To(Expression condition) =>
            block.Next[0] == block.Next[1] ? new Jump(block.Next[0]) : new Branch(condition, block.Next[1], block.Next[0]);
    }

    /// <summary>The stack at the start of a block: what its predecessors left.</summary>
    private List<Expression> Entering(Block block)
    {
        var before = From(block);
        if (before.All(one => one.Left.Count == 0)) return [];
        Conditions.Reduce(graph);
        before = From(block);
        if (before.Count == 1) return [.. before[0].Left];
        var stack = new List<Expression>();
        for (int depth = 0; depth < before[0].Left.Count; depth++)
        {
            Expression[] values = [.. before.Select(one => one.Left[depth])];
            stack.Add(values.Any(value => value is AddressOf { Location.InMemory: not null })
                ? new AddressOf(JoinedPlace(block, before, [.. values.Select(value => (value as AddressOf)?.Location)]))
                : Joined(block, before, values));
        }
        return stack;
    }

    /// <summary>Different values from different ways come in a variable.</summary>
    private Expression Joined(Block block, List<Block> before, Expression[] values)
    {
        if (values.All(value => value == values[0] && value.IsStable)) return values[0];
        var type = values.Skip(1).Aggregate(values[0].Type, (type, value) => type == value.Type ? type : ClType.Int);
        var joined = New(values[0], type, isFixed: false);
        for (int i = 0; i < values.Length; i++)
        {
            current = before[i];
            Store(joined, values[i]);
        }
        current = block;
        return joined;
    }

    /// <summary>An element from different ways: its view and its index.</summary>
    private Expression JoinedPlace(Block block, List<Block> before, Expression?[] places) => places[0] switch
    {
        Element first when places.All(place => place is Element element && element.Pointer.Type == first.Pointer.Type) => new Element(
            Joined(block, before, [.. places.Select(place => ((Element)place!).Pointer)]),
            Joined(block, before, [.. places.Select(place => ((Element)place!).Index)]), first.Type),
        Member first when places.All(place => place is Member member && member.Name == first.Name) => new Member(
            JoinedPlace(block, before, [.. places.Select(place => ((Member)place!).Target)]), first.Name, first.Type),
        _ => throw Program.Fault(
            Method, Instructions[before[0].First].Offset, "refers to an element of one view or to something else, but in OpenCL C these are different pointers"),
    };

    private List<Block> From(Block block) =>
        graph.Predecessors().TryGetValue(block, out var all) ? [.. all.Where(one => one.IsTranslated)] : [];

    private Variable VariableOf(LocalWebs.Web web, ClType? type)
    {
        if (variables.TryGetValue(web, out var variable)) return variable;
        var known = Types.Of(web.Type) ?? throw Fault(Refusals.Type(web.Name is null ? "has a value" : $"has {web.Name}", web.Type));
        if (known is ViewType) known = type ?? throw Fault($"uses {web.Name ?? "a view"} before it looks at anything");
        return variables[web] = Variable.New(web.Name, known, isFixed: web.Stores == 1);
    }

    private void Spill(Func<Expression, bool> isTouched)
    {
        for (int i = 0; i < Stack.Count; i++) Stack[i] = Frozen(Stack[i], isTouched);
    }

    /// <summary>
    /// An expression that means the same after what touches it has happened. An address stays that of the same place: only where
    /// the place is found (a view and an index) goes into variables, never what lies there.
    /// </summary>
    private Expression Frozen(Expression value, Func<Expression, bool> isTouched)
    {
        switch (value)
        {
            case AddressOf address:
                return new AddressOf(Place(address.Location));
            case var _ when value.IsStable || !isTouched(value):
                return value;
        }
        var kept = New(value, value.Type, isFixed: true);
        if (value is ViewValue view && kept is ViewValue copy)
        {
            current.Statements.Add(new Assign(copy.Pointer, view.Pointer));
            current.Statements.Add(new Assign(copy.Length, view.Length));
        }
        else
        {
            current.Statements.Add(new Assign(kept, value));
        }
        return kept;

        Expression Place(Expression location) => location switch
        {
            Element element => new Element(Frozen(element.Pointer, isTouched), Frozen(element.Index, isTouched), element.Type),
            Member member => member with { Target = Place(member.Target) },
            _ => IsPlace(location) ? location : Frozen(location, isTouched),
        };
    }

    /// <summary>A variable for a value; the address of a view alone comes without a length.</summary>
    private static Expression New(Expression value, ClType type, bool isFixed) => type is ViewType && value is not ViewValue
        ? new Local(new Variable(null, type) { IsFixed = isFixed })
        : Variable.New(null, type, isFixed).Read();

    private Expression Writable(Expression address)
    {
        if (address is not AddressOf known || IsPlace(known.Location)) return address;
        var copy = Variable.New(null, known.Location.Type).Read();
        Store(copy, known.Location);
        return new AddressOf(copy);
    }

    private static bool IsPlace(Expression location) =>
        location is Local or Dereference or ViewValue || location is Member member && IsPlace(member.Target);

    private static Variable? Root(Expression target) => target switch
    {
        Local local => local.Variable,
        Member member => Root(member.Target),
        _ => null,
    };

    private bool IsNeverStored(int argument)
    {
        for (int i = 0; i < Instructions.Count; i++)
        {
            string name = Instructions[i].Code.Name!;
            if (!name.StartsWith("starg") && !name.StartsWith("ldarga") || Instructions[i].Variable() != argument) continue;
            if (name.StartsWith("starg")) return false;
            int parameter = Method.IsStatic ? argument : argument - 1;
            if (!Views.IsView(Method.GetParameters()[parameter].ParameterType)
                && !StackShape.AddressIsOnlyRead(Method, Instructions, i, Instructions.Count)) return false;
        }
        return true;
    }
}
