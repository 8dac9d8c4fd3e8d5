using EMDC.Tests.Operators;
using EMDC.Translate;
using Xunit.Sdk;

namespace EMDC.Kernels.Tests;

/// <summary>
/// The cases that ILGPU's simulator runs in every test run take every branch of every kernel both ways. Which branches a case takes is
/// found with OpenCL, cut as for the simulator: its text is the same program, and can be made to write down what a condition was.
/// </summary>
[Collection("device")]
public sealed class BranchTests
{
    private static IEnumerable<(string Tiling, Action<Backend> Run)> Cases =>
    [
        .. OperatorTests.Quick.Select(row => (row.Tiling, (Action<Backend>)OperatorTests.ByName[row.Name].Run)),
        .. FusionTests.Cases.Select(row => row.Data).Where(row => row.Item7 == KernelDevice.Simulator).Select(row => (row.Item8,
            (Action<Backend>)(backend => FusionTests.RunFusion(row.Item1, row.Item2, row.Item3, row.Item4, row.Item5, row.Item6, backend)))),
        .. FusionTests.Expansions.Select(row => row.Data).Where(row => row.Item6 == KernelDevice.Simulator).Select(row => (row.Item7,
            (Action<Backend>)(backend => FusionTests.RunExpansion(row.Item1, row.Item2, row.Item3, row.Item4, row.Item5, backend)))),
    ];

    [Fact]
    public void The_simulators_quick_cases_take_every_branch_of_every_kernel_both_ways()
    {
        KernelDevice.Need(TestedText.Device);
        var branches = new Branches();
        Dictionary<string, string> texts = KernelTexts.Kernels(typeof(Float4).Assembly).ToDictionary(kernel => kernel.Name, branches.Text);
        bool[] taken = new bool[2 * branches.Count];
        foreach (var cases in Cases.GroupBy(one => one.Tiling))
        {
            using var device = new TestedText(cases.Key == "own" ? "small" : cases.Key, kernel => texts[kernel], branches.Numbers);
            foreach (var (_, run) in cases)
            {
                device.Run(run);
            }

            Branches.Add(device.Take(), taken);
        }

        string[] missing = [.. branches.Missing(taken)];
        Assert.True(missing.Length == 0, string.Join('\n', missing));
    }
}

/// <summary>Text of kernels that writes down which way each condition went, behind the numbers of the text that tests its indices.</summary>
internal sealed class Branches
{
    private const string Taken = "TAKEN";

    private const string Definitions = $$"""
        #define {{Taken}}(condition, branch) taken({{CheckedText.Faults}}, condition, branch)

        static inline bool taken({{CheckedText.Parameter}}, bool condition, int branch)
        {
            {{CheckedText.Faults}}[branch + (condition ? 1 : 0)] = 1;
            return condition;
        }


        """;

    // What several kernels call is one function with one set of branches, so that each kernel need not take them all.
    private readonly Dictionary<(string Function, int Index), (int Number, Expression Condition)> _known = [];

    /// <summary>Conditions in all texts.</summary>
    public int Count => _known.Count;

    /// <summary>The length of the buffer.</summary>
    public int Numbers => CheckedText.Numbers + 2 * Count;

    /// <summary>The text of a kernel.</summary>
    public string Text(System.Reflection.MethodInfo kernel)
    {
        KernelProgram program = KernelTranslator.Translate(kernel, places: []);
        foreach (Function function in program.Functions.Append(program.EntryPoint))
        {
            int index = 0;
            function.Body = Marked(function.Body);

            List<Statement> Marked(List<Statement> code) => [.. code.Select(MarkedStatement)];

            Statement MarkedStatement(Statement statement) => statement switch
            {
                Assign assign => new Assign(In(assign.Target), In(assign.Value)),
                Declare { Value: { } value } declare => declare with { Value = In(value) },
                Translate.Run run => new Translate.Run((Call)In(run.Call)),
                Return { Value: { } value } => new Return(In(value)),
                If choice => new If(Condition(In(choice.Condition)), Marked(choice.Then), Marked(choice.Else)),
                Loop { Condition: { } condition } loop => loop with { Condition = Condition(In(condition)), Body = Marked(loop.Body) },
                Loop loop => loop with { Body = Marked(loop.Body) },
                Switch => throw new XunitException($"{function.Name} has a switch, whose branches are not counted."),
                _ => statement,
            };

            Expression In(Expression expression) => expression.Map(In) switch
            {
                Conditional choice => choice with { Condition = Condition(choice.Condition) },
                var other => other,
            };

            Expression Condition(Expression condition) => condition is Binary { Operator: "&&" or "||" } both
                ? both with { Left = Condition(both.Left), Right = Condition(both.Right) }
                : new Call(Taken, null, [condition, Literal.Int(CheckedText.Numbers + 2 * Number(condition))], ClType.Bool);

            int Number(Expression condition)
            {
                if (!_known.TryGetValue((function.Name, index), out var branch))
                {
                    _known.Add((function.Name, index), branch = (Count, condition));
                }

                index++;
                return branch.Number;
            }
        }

        return CheckedText.Definitions + Definitions + string.Concat(Printer.Print(program).Select(definition => definition.Text));
    }

    /// <summary>Adds to what was taken what a device has found.</summary>
    public static void Add(int[] numbers, bool[] taken)
    {
        for (int i = 0; i < taken.Length; i++)
        {
            taken[i] |= numbers[CheckedText.Numbers + i] != 0;
        }
    }

    /// <summary>The branches that nothing has taken.</summary>
    public IEnumerable<string> Missing(bool[] taken) =>
        from branch in _known
        from way in (int[])[0, 1]
        where !taken[2 * branch.Value.Number + way]
        select $"{branch.Key.Function}: {ExpressionText.Of(branch.Value.Condition)} is never {(way == 1 ? "true" : "false")}";
}
