namespace EMDC.Translate;

/// <summary>
/// Blocks and jumps as loops, ifs and switches. What a block dominates stands inside or behind it: a block that is reached in
/// one way only stands where the jump to it would, one that is reached in several stands behind the statement that they all
/// come from. Only jumps that neither fall through, break nor continue become gotos; C#'s own statements make none.
/// </summary>
internal sealed class Structurer
{
    private readonly List<Block> order;
    private readonly Dictionary<Block, int> number;
    private readonly Dictionary<Block, List<Block>> predecessors;
    private readonly Dictionary<Block, Block> dominator = [];
    private readonly Dictionary<Block, HashSet<Block>> loops = [];
    private readonly Dictionary<Block, Block> steps = [];
    private readonly HashSet<Block> placed = [];
    private readonly HashSet<Block> labels = [];
    private readonly Stack<Exits> exits = [];
    private readonly Func<Block, Exception> irreducible;

    private Structurer(FlowGraph graph, Func<Block, Exception> irreducible)
    {
        this.irreducible = irreducible;
        order = graph.Order();
        number = order.Index().ToDictionary(pair => pair.Item, pair => pair.Index);
        predecessors = graph.Predecessors();
        FindDominators();
        FindLoops();
    }

    /// <summary>The statements of a graph; the function makes the exception for a loop with several ways in.</summary>
    public static List<Statement> Structure(FlowGraph graph, Func<Block, Exception> irreducible)
    {
        var structurer = new Structurer(graph, irreducible);
        var body = structurer.Tree(graph.Entry, null);
        return body;
    }

    /// <summary>Where break and continue lead; a switch has no continue.</summary>
    private sealed record Exits(Block? Break, Block? Continue, bool IsLoop);

    /// <summary>Code for a block and all that it dominates, after which control falls to <paramref name="next"/>.</summary>
    private List<Statement> Tree(Block block, Block? next, bool inLoop = false)
    {
        var code = new List<Statement>();
        if (!inLoop && loops.TryGetValue(block, out var loop))
        {
            var behind = Behind(block, loop);
            placed.UnionWith(behind);
            var step = steps.GetValueOrDefault(block);
            if (step is not null) placed.Add(step);
            exits.Push(new Exits(behind.FirstOrDefault() ?? next, step ?? block, IsLoop: true));
            var body = Tree(block, step ?? block, inLoop: true);
            exits.Pop();
            code.Add(new Loop(null, body, step?.Statements ?? []));
            Place(code, behind, next);
            return code;
        }

        var merged = order.Where(one => one != block && dominator[one] == block && Ways(one) > 1 && placed.Add(one)).ToList();
        code.AddRange(block.Statements);
        var follow = merged.FirstOrDefault() ?? next;
        switch (block.Ending)
        {
            case Leave leave:
                code.Add(new Return(leave.Value));
                break;
            case Jump jump:
                code.AddRange(Go(block, jump.Target, follow));
                break;
            case Branch branch:
                var then = Go(block, branch.Else, follow);
                var otherwise = Go(block, branch.Then, follow);
                AddIf(code, Numbers.Not(branch.Condition), then, otherwise);
                break;
            case Select select:
                exits.Push(new Exits(follow, null, IsLoop: false));
                var cases = new List<SwitchCase>();
                foreach (var target in select.Targets.OrderBy(target => target == select.Default))
                {
                    var body = Go(block, target, follow);
                    if (Flow.Falls(body)) body.Add(new Break());
                    List<int> labels = target == select.Default ? [] : [.. select.Cases.Index().Where(one => one.Item == target).Select(one => one.Index)];
                    if (target != select.Default || body is not [Break]) cases.Add(new SwitchCase(labels, body));
                }
                exits.Pop();
                code.Add(new Switch(select.Value, cases));
                break;
        }
        Place(code, merged, next);
        return code;
    }

    /// <summary>Blocks that stand behind a statement, each falling to the next.</summary>
    private void Place(List<Statement> code, List<Block> blocks, Block? next)
    {
        for (int i = 0; i < blocks.Count; i++)
        {
            bool falls = Flow.Falls(code);
            var tree = Tree(blocks[i], i + 1 < blocks.Count ? blocks[i + 1] : next);
            bool labelled = labels.Contains(blocks[i]);
            if (!falls && !labelled) continue;
            if (labelled) code.Add(new Label(blocks[i]));
            code.AddRange(tree);
        }
    }

    /// <summary>How control gets from a block to another.</summary>
    private List<Statement> Go(Block from, Block to, Block? next)
    {
        if (to == next) return [];
        if (exits.TryPeek(out var inner))
        {
            if (to == inner.Break) return [new Break()];
            if (exits.FirstOrDefault(one => one.IsLoop) is { } loop && to == loop.Continue) return [new Continue()];
        }
        if (to is { Statements.Count: 0, Ending: Leave leave }) return [new Return(leave.Value)];
        if (!placed.Contains(to) && dominator[to] == from && number[to] > number[from]) return Tree(to, next);
        if (number[to] <= number[from]) throw irreducible(to);
        labels.Add(to);
        return [new Goto(to)];
    }

    private static void AddIf(List<Statement> code, Expression condition, List<Statement> then, List<Statement> otherwise)
    {
        if (then.Count == 0 && otherwise.Count == 0) return;
        bool flip = then.Count == 0 || Flow.Falls(then) && !Flow.Falls(otherwise);
        if (flip) (condition, then, otherwise) = (Numbers.Not(condition), otherwise, then);
        if (Flow.Falls(then))
        {
            code.Add(new If(condition, then, otherwise));
            return;
        }

        // What comes after a return needs no else.
        code.Add(new If(condition, then, []));
        code.AddRange(otherwise);
    }

    private int Ways(Block block) => predecessors[block].Count(from => number[from] < number[block]);

    /// <summary>The blocks outside of a loop that stand behind it.</summary>
    private List<Block> Behind(Block header, HashSet<Block> loop)
    {
        var outside = order.Where(block => !loop.Contains(block) && loop.Contains(dominator[block]) && !placed.Contains(block)).ToList();
        var ends = predecessors[header].Where(loop.Contains).Append(header).ToHashSet();
        var behind = outside.Where(block => Ways(block) > 1 || predecessors[block].Any(ends.Contains)).ToList();

        if (behind.Count == 0 && outside.Count > 0) behind.Add(outside[^1]);

        // A bare return is written where it is needed; break leads to something else if it can.
        return [.. behind.OrderBy(block => block is { Statements.Count: 0, Ending: Leave })];
    }

    private void FindDominators()
    {
        dominator[order[0]] = order[0];
        for (bool changed = true; changed;)
        {
            changed = false;
            foreach (var block in order.Skip(1))
            {
                Block? common = null;
                foreach (var from in predecessors[block].Where(dominator.ContainsKey)) common = common is null ? from : Common(common, from);
                if (dominator.GetValueOrDefault(block) == common) continue;
                dominator[block] = common!;
                changed = true;
            }
        }
    }

    private Block Common(Block a, Block b)
    {
        while (a != b)
        {
            while (number[a] > number[b]) a = dominator[a];
            while (number[b] > number[a]) b = dominator[b];
        }
        return a;
    }

    private bool Dominates(Block a, Block b)
    {
        while (number[b] > number[a]) b = dominator[b];
        return a == b;
    }

    private void FindLoops()
    {
        foreach (var from in order)
            foreach (var header in from.Successors.Where(to => number[to] <= number[from]))
            {
                if (!Dominates(header, from)) throw irreducible(header);
                if (!loops.TryGetValue(header, out var loop)) loops[header] = loop = [header];
                var open = new Stack<Block>([from]);
                while (open.TryPop(out var block))
                    if (loop.Add(block))
                        foreach (var before in predecessors[block]) open.Push(before);
            }

        // The end of a for statement: one block of assignments that leads back, reached in several ways.
        foreach (var (header, loop) in loops)
            if (predecessors[header].Where(loop.Contains).ToList() is [var last] && last != header && last.Ending is Jump
                && Ways(last) > 1 && last.Statements.All(statement => statement is Assign { Target: Local }) && !loops.ContainsKey(last))
                steps[header] = last;
    }
}
