using System.Text;

namespace EMDC.Translate;

/// <summary>Writes records and functions as text.</summary>
internal sealed class Printer
{
    /// <summary>
    /// What helpers that take shared memory begin with. Clang puts the kernel's array in place of such a parameter; PoCL 3.1, which makes
    /// an argument of that array, overlooks it in a helper that is left as a function, so that the helper reads anything.
    /// </summary>
    private const string AlwaysInline = "static inline __attribute__((always_inline))";

    private readonly StringBuilder text = new();
    private readonly KernelProgram program;
    private readonly HashSet<string> global = [];
    private readonly Stack<HashSet<string>> scopes = [];
    private readonly Dictionary<Block, string> labels = [];
    private int indent;

    private Printer(KernelProgram program)
    {
        this.program = program;
        global.UnionWith(program.Types.Records.Select(record => record.Text));
        global.UnionWith(program.Functions.Append(program.EntryPoint).Select(function => function.Name));
        if (program.Places is not null) global.UnionWith([CheckedText.At, CheckedText.Faults]);
    }

    /// <summary>Records, helpers and at last the kernel: names and texts, each after those that it needs.</summary>
    public static IReadOnlyList<(string Name, string Text)> Print(KernelProgram program)
    {
        var definitions = new List<(string, string)>();
        foreach (var record in program.Types.Records) Add(record.Text, printer => printer.Record(record));
        var calls = program.Functions.Append(program.EntryPoint).SelectMany(function => Calls(function.Body)).ToHashSet();
        foreach (var (name, definition) in Builtins.Definitions)
            if (calls.Contains(name)) definitions.Add((name, definition));
        foreach (var function in program.Functions.Append(program.EntryPoint)) Add(function.Name, printer => printer.Function(function));
        return definitions;

        void Add(string name, Action<Printer> print)
        {
            var printer = new Printer(program);
            print(printer);
            definitions.Add((name, printer.text.ToString()));
        }
    }

    private void Record(RecordType record)
    {
        Line("typedef struct");
        Open();
        foreach (var field in record.Fields) Line($"{field.Type} {field.Name};");
        Close($" {record.Text};");
    }

    private static IEnumerable<string> Calls(List<Statement> code) => code.SelectMany(statement =>
        statement.Expressions.SelectMany(expression => expression.Tree).OfType<Call>().Select(call => call.Name)
            .Concat(statement.Bodies.SelectMany(Calls)));

    private void Function(Function function)
    {
        scopes.Push([]);
        var parameters = new List<string>();
        var offsets = new List<string>();
        if (function is { IsChecked: true, IsKernel: false }) parameters.Add(CheckedText.Parameter);
        foreach (var parameter in function.Parameters)
        {
            string one = Declared(parameter);
            if (parameter.Length is { } length && function.IsKernel)
            {
                string offset = Unused(Names.Identifier($"{parameter.Name}_offset"));
                offsets.Add($"{parameter.Printed} += {offset};");
                one += $", int {offset}, {Declared(length)}";
            }
            else if (function.Takes(parameter))
            {
                one += $", {Declared(parameter.Length!)}";
            }
            parameters.Add(one);
        }
        if (function is { IsChecked: true, IsKernel: true }) parameters.Add(CheckedText.Parameter);
        string head = $"{(function.IsKernel ? "__kernel" : function.TakesShared ? AlwaysInline : "static inline")} {function.Type} {function.Name}(";
        if (function.IsKernel)
        {
            Line(head);
            for (int i = 0; i < parameters.Count; i++) Line($"    {parameters[i]}{(i + 1 < parameters.Count ? "," : ")")}");
        }
        else
        {
            Line($"{head}{string.Join(", ", parameters)})");
        }
        Open();
        if (function.IsKernel)
        {
            foreach (var array in program.Shared)
            {
                array.Printed = Unused(Names.Identifier(array.Name ?? "shared"));
                Line($"__local {((ViewType)array.Type).Element} {array.Printed}[{array.SharedElements}];");
            }
            foreach (string offset in offsets) Line(offset);
        }
        if (function.Body is [.., Return { Value: null }]) function.Body.RemoveAt(function.Body.Count - 1);
        foreach (var statement in function.Body) Print(statement);
        Close();
        scopes.Pop();
    }

    private void Print(Statement statement)
    {
        switch (statement)
        {
            case Assign assign:
                Line($"{Assignment(assign)};");
                break;
            case Declare declare:
                Line($"{Declaration(declare)};");
                break;
            case Run run:
                Line($"{Text(run.Call)};");
                break;
            case Barrier:
                Line($"barrier(CLK_LOCAL_MEM_FENCE{(program.WritesGlobal ? " | CLK_GLOBAL_MEM_FENCE" : "")});");
                break;
            case Return leave:
                Line(leave.Value is null ? "return;" : $"return {Text(leave.Value)};");
                break;
            case Break:
                Line("break;");
                break;
            case Continue:
                Line("continue;");
                break;
            case Goto jump:
                Line($"goto {Name(jump.Target)};");
                break;
            case Label label:
                Line($"{Name(label.Block)}:;");
                break;
            case If choice:
                Line($"if ({Text(choice.Condition)})");
                Body(choice.Then);
                for (var rest = choice.Else; rest.Count > 0;)
                {
                    bool chain = rest is [If];
                    Line(chain ? $"else if ({Text(((If)rest[0]).Condition)})" : "else");
                    Body(chain ? ((If)rest[0]).Then : rest);
                    rest = chain ? ((If)rest[0]).Else : [];
                }
                break;
            case Loop loop:
                Print(loop);
                break;
            case Switch choice:
                Line($"switch ({Text(choice.Value)})");
                Open();
                foreach (var one in choice.Cases)
                {
                    foreach (int label in one.Labels) Line($"case {label}:");
                    if (one.Labels.Count == 0) Line("default:");
                    Body(one.Body);
                }
                Close();
                break;
        }
    }

    private void Print(Loop loop)
    {
        scopes.Push([]);
        if (loop.ConditionAtEnd)
        {
            Line("do");
            Body(loop.Body);
            Line($"while ({Text(loop.Condition!)});");
        }
        else if (loop.First is null && loop.Step.Count == 0)
        {
            Line($"while ({(loop.Condition is null ? "true" : Text(loop.Condition))})");
            Body(loop.Body);
        }
        else
        {
            string first = loop.First switch
            {
                Declare declare => Declaration(declare),
                Assign assign => Assignment(assign),
                _ => "",
            };

            // The condition's variables may be the first part's.
            string condition = loop.Condition is null ? "" : $" {Text(loop.Condition)}";
            string step = string.Join(", ", loop.Step.Select(one => Assignment((Assign)one)));
            Line($"for ({first};{condition};{(step == "" ? "" : " ")}{step})");
            Body(loop.Body);
        }
        scopes.Pop();
    }

    private void Body(List<Statement> code)
    {
        Open();
        scopes.Push([]);
        foreach (var statement in code) Print(statement);
        scopes.Pop();
        Close();
    }

    private string Declaration(Declare declare)
    {
        // The value first: it cannot mean the new variable.
        string? value = declare.Value is null ? null : Text(declare.Value);
        return $"{Declared(declare.Variable)}{(value is null ? "" : $" = {value}")}";
    }

    private string Assignment(Assign assign)
    {
        string target = Text(assign.Target);
        if (assign.Value is Binary { Operator: "+" or "-", Right: Literal { Value: 1 } } count && count.Left == assign.Target)
            return $"{target}{count.Operator}{count.Operator}";
        return assign.Value is Binary { Operator: "+" or "-" or "*" or "&" or "|" or "^" or "<<" or ">>" or "/" or "%" } update
            && update.Left == assign.Target && update.Type == assign.Target.Type
            ? $"{target} {update.Operator}= {Text(update.Right)}"
            : $"{target} = {Text(assign.Value)}";
    }

    private string Declared(Variable variable)
    {
        variable.Printed = Unused(Names.Identifier(variable.Name ?? "v"), variable.Name is null);
        string type = variable.Type.Text;
        return type.EndsWith('*') ? $"{type}{variable.Printed}" : $"{type} {variable.Printed}";
    }

    private string Unused(string name, bool numbered = false)
    {
        string unused = numbered ? $"{name}0" : name;
        for (int i = numbered ? 1 : 2; global.Contains(unused) || scopes.Any(scope => scope.Contains(unused)); i++) unused = $"{name}{i}";
        scopes.Peek().Add(unused);
        return unused;
    }

    private string Name(Block block)
    {
        if (!labels.TryGetValue(block, out string? name)) labels[block] = name = $"L{labels.Count}";
        return name;
    }

    private static string Text(Expression expression) => ExpressionText.Of(expression);

    private void Open()
    {
        Line("{");
        indent++;
    }

    private void Close(string end = "")
    {
        indent--;
        Line($"}}{end}");
    }

    private void Line(string line = "") => text.Append(line == "" ? "" : new string(' ', 4 * indent)).Append(line).Append('\n');
}
