namespace EMDC.Translate;

/// <summary>Gives loops the form they had: while, do or for.</summary>
internal static class Tidy
{
    public static void Loops(List<Statement> code)
    {
        for (int i = 0; i < code.Count; i++)
        {
            foreach (var body in code[i].Bodies) Loops(body);
            if (code[i] is not Loop { Condition: null } loop) continue;
            loop = Conditional(loop);
            if (loop.Condition is not null && !loop.ConditionAtEnd)
            {
                loop = WithStep(loop);
                if (loop.Step.Count > 0 && i > 0 && code[i - 1] is Assign { Target: Local { Variable.Length: null } counter } first
                    && loop.Condition!.Mentions(counter.Variable) && loop.Step.Any(step => step is Assign one && one.Target == counter))
                {
                    loop = loop with { First = first };
                    code.RemoveAt(--i);
                }
            }
            code[i] = loop;
        }
    }

    // while (true) { if (!c) break; … } and do { … } while (c).
    private static Loop Conditional(Loop loop)
    {
        if (loop.Body is [If { Then: [Break], Else: [] } first, ..])
            return loop with { Condition = Numbers.Not(first.Condition), Body = loop.Body[1..] };
        if (loop.Body is [.., If { Then: [Break], Else: [] } last] && loop.Step.Count == 0 && !Flow.Continues(loop.Body))
            return loop with { Condition = Numbers.Not(last.Condition), Body = loop.Body[..^1], ConditionAtEnd = true };
        return loop;
    }

    // Updates of variables at the end, one of them of the condition's, become the third part of a for.
    private static Loop WithStep(Loop loop)
    {
        if (loop.Step.Count > 0 || Flow.Continues(loop.Body)) return loop;
        int count = 0;
        while (count < loop.Body.Count && loop.Body[^(count + 1)] is Assign { Target: Local { Variable.Length: null } target, Value: Binary { Left: var left, Right: var right } }
            && left == target && !right.ReadsMemory && !right.Tree.OfType<Local>().Any(local => Assigned(loop.Body, local.Variable))) count++;
        var steps = loop.Body[^count..];
        if (!steps.Any(step => loop.Condition!.Mentions(((Local)((Assign)step).Target).Variable))) return loop;
        return loop with { Body = loop.Body[..^count], Step = steps };
    }

    private static bool Assigned(List<Statement> code, Variable variable) => code.Any(statement =>
        statement is Assign { Target: Local target } && target.Variable == variable || statement.Bodies.Any(body => Assigned(body, variable)));
}
