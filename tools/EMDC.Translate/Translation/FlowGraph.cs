using System.Reflection.Emit;

namespace EMDC.Translate;

/// <summary>The blocks of a method, and the order among them.</summary>
internal sealed class FlowGraph
{
    private FlowGraph(Block entry) => Entry = entry;

    public Block Entry { get; }

    /// <summary>Cuts a method's instructions at the jumps and their targets.</summary>
    public static FlowGraph Of(List<Instruction> instructions)
    {
        var indices = instructions.Index().ToDictionary(pair => pair.Item.Offset, pair => pair.Index);
        var starts = new SortedSet<int> { 0 };
        for (int i = 0; i < instructions.Count; i++)
        {
            var targets = Targets(instructions[i]);
            starts.UnionWith(targets.Select(offset => indices[offset]));
            if ((targets.Length > 0 || instructions[i].Code.FlowControl is FlowControl.Return or FlowControl.Throw)
                && i + 1 < instructions.Count) starts.Add(i + 1);
        }

        var blocks = starts.Select(start => new Block(start)).ToList();
        var at = blocks.ToDictionary(block => block.First);
        for (int b = 0; b < blocks.Count; b++)
        {
            var block = blocks[b];
            block.End = b + 1 < blocks.Count ? blocks[b + 1].First : instructions.Count;
            var last = instructions[block.End - 1];
            if (last.Code.FlowControl is not (FlowControl.Branch or FlowControl.Return or FlowControl.Throw))
                block.Next.Add(blocks[b + 1]);
            foreach (int offset in Targets(last)) block.Next.Add(at[indices[offset]]);
        }
        return new FlowGraph(blocks[0]);
    }

    /// <summary>Every block before those that it leads to, but for the way back in loops.</summary>
    public List<Block> Order()
    {
        var order = new List<Block>();
        var seen = new HashSet<Block>();
        void Visit(Block block)
        {
            if (!seen.Add(block)) return;
            // What follows in the text is visited last and so comes first.
            foreach (var next in block.Successors.Reverse()) Visit(next);
            order.Add(block);
        }
        Visit(Entry);
        order.Reverse();
        return order;
    }

    /// <summary>The blocks that lead to each block.</summary>
    public Dictionary<Block, List<Block>> Predecessors()
    {
        var order = Order();
        var all = order.ToDictionary(block => block, _ => new List<Block>());
        foreach (var block in order)
            foreach (var next in block.Successors.Distinct()) all[next].Add(block);
        return all;
    }

    private static int[] Targets(Instruction instruction) => instruction.Code.OperandType switch
    {
        OperandType.InlineBrTarget or OperandType.ShortInlineBrTarget => [(int)instruction.Operand!],
        OperandType.InlineSwitch => (int[])instruction.Operand!,
        _ => [],
    };
}
