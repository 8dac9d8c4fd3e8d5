namespace EMDC.Translate;

/// <summary>Leaves out the lengths of views that nobody asks for.</summary>
internal static class Lengths
{
    public static void DropUnused(Function function)
    {
        var used = function.UsedLengths;
        for (int count = -1; count != used.Count;)
        {
            count = used.Count;
            foreach (var statement in All(function.Body))
            {
                if (statement is Assign { Target: Local { Variable: { IsLength: true } length } } && !used.Contains(length)) continue;
                foreach (var expression in statement.Expressions) Collect(expression, used);
            }
        }
        Drop(function.Body, used);
    }

    private static IEnumerable<Statement> All(List<Statement> code) =>
        code.SelectMany(statement => statement.Bodies.SelectMany(All).Prepend(statement));

    private static void Collect(Expression expression, HashSet<Variable> used)
    {
        if (expression is Local { Variable: { IsLength: true } length }) used.Add(length);
        if (expression is Call { Helper: { } helper } call)
        {
            for (int i = 0; i < call.Arguments.Count; i++)
                Collect(call.Arguments[i] is ViewValue view && !helper.Takes(helper.Parameters[i]) ? view.Pointer : call.Arguments[i], used);
            return;
        }
        foreach (var child in expression.Children) Collect(child, used);
    }

    private static void Drop(List<Statement> code, HashSet<Variable> used)
    {
        code.RemoveAll(statement => statement is Assign { Target: Local { Variable: { IsLength: true } length } } && !used.Contains(length));
        foreach (var statement in code)
            foreach (var body in statement.Bodies) Drop(body, used);
    }
}
