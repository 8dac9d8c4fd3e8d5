namespace EMDC.Translate;

/// <summary>Declares each variable in the innermost statements that contain all its uses, with its first value if that comes first.</summary>
internal static class Declarations
{
    public static void Place(Function function)
    {
        var parameters = function.Parameters.ToHashSet();
        parameters.UnionWith(function.Parameters.Select(parameter => parameter.Length).OfType<Variable>());
        var variables = new List<Variable>();
        Collect(function.Body, variable =>
        {
            bool exists = parameters.Contains(variable) || variable.SharedElements > 0 || variable.IsLength && !function.UsedLengths.Contains(variable);
            if (!exists && !variables.Contains(variable)) variables.Add(variable);
        });
        foreach (var variable in variables) Declare(function.Body, variable);
    }

    private static void Declare(List<Statement> code, Variable variable)
    {
        var users = code.Index().Where(pair => Uses(pair.Item, variable)).ToList();
        if (users is [(int index, var only)])
        {
            // A for statement's own variable.
            if (only is Loop { First: Assign { Target: Local target } first } loop && target.Variable == variable && !first.Value.Mentions(variable))
            {
                code[index] = loop with { First = new Declare(variable, first.Value) };
                return;
            }

            // A loop's condition sees none of the variables in its body.
            bool own = only.Expressions.Any(expression => expression.Mentions(variable)) || only is Loop { Step: var step } && step.Any(one => Uses(one, variable))
                || only is Loop { First: { } before } && Uses(before, variable);
            var bodies = only.Bodies.Where(body => body.Any(statement => Uses(statement, variable))).ToList();
            if (!own && bodies is [var body] && only.Bodies.Any())
            {
                Declare(body, variable);
                return;
            }
        }
        int at = users[0].Index;
        if (code[at] is Assign { Target: Local local } assign && local.Variable == variable && !assign.Value.Mentions(variable))
            code[at] = new Declare(variable, assign.Value);
        else
            code.Insert(at, new Declare(variable, null));
    }

    private static bool Uses(Statement statement, Variable variable) =>
        statement.Expressions.Any(expression => expression.Mentions(variable)) || statement.Bodies.Any(body => body.Any(one => Uses(one, variable)));

    private static void Collect(List<Statement> code, Action<Variable> found)
    {
        foreach (var statement in code)
        {
            foreach (var expression in statement.Expressions)
                foreach (var part in expression.Tree)
                    if (part is Local local) found(local.Variable);
            foreach (var body in statement.Bodies) Collect(body, found);
        }
    }
}
