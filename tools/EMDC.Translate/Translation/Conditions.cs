namespace EMDC.Translate;

/// <summary>
/// Takes apart what the compiler makes of <c>&amp;&amp;</c>, <c>||</c> and <c>?:</c>: blocks that only decide, or only leave a
/// value on the stack, become part of the expression in front of them.
/// </summary>
internal static class Conditions
{
    public static void Reduce(FlowGraph graph)
    {
        for (bool changed = true; changed;)
        {
            changed = false;
            var predecessors = graph.Predecessors();
            foreach (var block in graph.Order())
                if (block.IsTranslated && (Follow(block, predecessors) || Merge(graph, block, predecessors) || Decide(block, predecessors) || Choose(block, predecessors)
                    || Return(block, predecessors)))
                {
                    changed = true;
                    break;
                }
        }
    }

    // a: { … goto b }  b: { … } → one block.
    private static bool Merge(FlowGraph graph, Block a, Dictionary<Block, List<Block>> predecessors)
    {
        if (a.Ending is not Jump { Target: { IsTranslated: true } b } || b == a || b == graph.Entry || predecessors[b].Count != 1) return false;
        a.Statements.AddRange(b.Statements);
        a.Ending = b.Ending;
        a.Left = b.Left;
        return true;
    }

    // a: if (…) goto b  b: { goto c } → if (…) goto c
    private static bool Follow(Block a, Dictionary<Block, List<Block>> predecessors)
    {
        foreach (var b in a.Successors)
        {
            if (b is not { Ending: Jump { Target: var c }, Statements.Count: 0 } || c == b || b == a || b.Left.Count > a.Left.Count) continue;

            // What leads back to a loop's start stays: it is where continue goes.
            if (!predecessors.ContainsKey(b) || !b.Left.SequenceEqual(a.Left)) continue;
            a.Ending = a.Ending!.Redirect(b, c);
            return true;
        }
        return false;
    }

    // a: if (p) goto x  b: if (q) goto x → a: if (p || q) goto x, and the three other ways.
    private static bool Decide(Block a, Dictionary<Block, List<Block>> predecessors)
    {
        if (a.Ending is not Branch first) return false;
        foreach (var b in new[] { first.Else, first.Then })
        {
            if (b == a || b is not { Ending: Branch second, Statements.Count: 0 } || predecessors[b].Count != 1 || !b.Left.SequenceEqual(a.Left)) continue;
            bool onElse = b == first.Else;
            var other = onElse ? first.Then : first.Else;
            var toOther = onElse ? first.Condition : Numbers.Not(first.Condition);
            if (second.Then == other)
                a.Ending = new Branch(new Binary("||", toOther, second.Condition, ClType.Bool), other, second.Else);
            else if (second.Else == other)
                a.Ending = new Branch(new Binary("&&", Numbers.Not(toOther), second.Condition, ClType.Bool), second.Then, other);
            else
                continue;
            a.Ending = a.Ending.Redirect(other, other);
            return true;
        }
        return false;
    }

    // a: if (p) return x  b: return y → a: return p ? x : y
    private static bool Return(Block a, Dictionary<Block, List<Block>> predecessors)
    {
        if (a.Ending is not Branch branch || Value(branch.Then) is not { } then || Value(branch.Else) is not { } otherwise) return false;
        a.Ending = new Leave(Numbers.Choose(branch.Condition, then, otherwise));
        return true;

        Expression? Value(Block block) =>
            block is { Statements.Count: 0, Ending: Leave leave } && predecessors[block].Count == 1 ? leave.Value : null;
    }

    // a: if (p) { push x } else { push y } → a: push p ? x : y
    private static bool Choose(Block a, Dictionary<Block, List<Block>> predecessors)
    {
        if (a.Ending is not Branch { Then: var then, Else: var otherwise, Condition: var condition }) return false;
        if (!Gives(then) || !Gives(otherwise) || ((Jump)then.Ending!).Target is not { } end || ((Jump)otherwise.Ending!).Target != end) return false;
        a.Left = [.. a.Left, Numbers.Choose(condition, then.Left[^1], otherwise.Left[^1])];
        a.Ending = new Jump(end);
        return true;

        bool Gives(Block block) =>
            block is { IsTranslated: true, Statements.Count: 0, Ending: Jump, Left: not [.., AddressOf] } && block != a && predecessors[block].Count == 1
            && block.Left.Count == a.Left.Count + 1 && block.Left.Take(a.Left.Count).SequenceEqual(a.Left);
    }
}
