using System.Reflection;
using System.Reflection.Emit;

namespace EMDC.Translate;

/// <summary>
/// Which uses of a local's slot belong together. The compiler gives one slot to several variables in turn; two uses are of
/// the same variable where a value that one stores can reach the other (a <i>web</i> of definitions and uses).
/// </summary>
internal sealed class LocalWebs
{
    private readonly Dictionary<int, int> definitions = [];
    private readonly List<int> parents = [];
    private readonly Dictionary<int, Web> webs = [];

    public LocalWebs(MethodBase method, List<Instruction> instructions, FlowGraph graph, DebugInformation debug)
    {
        var slots = method.GetMethodBody()!.LocalVariables;
        var order = graph.Order();
        var predecessors = graph.Predecessors();
        var kinds = new Dictionary<int, Use>();
        foreach (var block in order)
            for (int i = block.First; i < block.End; i++)
                if (Classify(method, instructions, i, block.End) is { } use)
                {
                    kinds[i] = use;
                    if (use != Use.Read) NewDefinition(i);
                }

        // Values that may be in a slot where a block ends.
        var atEnd = order.ToDictionary(block => block, _ => new Dictionary<int, HashSet<int>>());
        for (bool changed = true; changed;)
        {
            changed = false;
            foreach (var block in order)
            {
                var live = AtStart(block);
                for (int i = block.First; i < block.End; i++)
                    if (kinds.TryGetValue(i, out var use) && use != Use.Read) Store(live, instructions[i].Variable(), i, use);
                foreach (var (slot, values) in live)
                {
                    if (!atEnd[block].TryGetValue(slot, out var before)) atEnd[block][slot] = before = [];
                    int count = before.Count;
                    before.UnionWith(values);
                    changed |= before.Count != count;
                }
            }
        }

        foreach (var block in order)
        {
            var live = AtStart(block);
            for (int i = block.First; i < block.End; i++)
            {
                if (!kinds.TryGetValue(i, out var use)) continue;
                int slot = instructions[i].Variable();
                if (use == Use.Write)
                {
                    Store(live, slot, i, use);
                    continue;
                }
                // A use belongs to its web like a definition.
                if (use == Use.Read && !definitions.ContainsKey(i)) NewDefinition(i);
                if (live.TryGetValue(slot, out var values))
                    foreach (int value in values) parents[Root(value)] = Root(definitions[i]);
                if (use == Use.Change) Store(live, slot, i, use);
            }
        }

        // What the source says is one variable is one. The instruction in front of a scope may store the first value.
        var known = new Dictionary<int, int>();
        foreach (var web in definitions.GroupBy(pair => Root(pair.Value)).ToList())
        {
            int variable = web.Select(pair => instructions[pair.Key]).OrderBy(use => use.Offset)
                .Select(use => debug.Variable(use.Variable(), use.Offset)).FirstOrDefault(found => found >= 0, -1);
            if (variable >= 0 && !known.TryAdd(variable, web.Key)) parents[web.Key] = Root(known[variable]);
        }
        foreach (var (i, definition) in definitions)
        {
            int root = Root(definition), slot = instructions[i].Variable();
            if (!webs.TryGetValue(root, out var web)) webs[root] = web = new Web(slots[slot].LocalType);
            if (kinds[i] != Use.Read) web.Stores++;
            web.Uses++;
        }
        foreach (var (variable, web) in known) webs[Root(web)].Name = debug.Name(variable);

        Dictionary<int, HashSet<int>> AtStart(Block block)
        {
            var live = new Dictionary<int, HashSet<int>>();
            foreach (var before in predecessors[block])
                foreach (var (slot, values) in atEnd[before])
                {
                    if (!live.TryGetValue(slot, out var all)) live[slot] = all = [];
                    all.UnionWith(values);
                }
            return live;
        }

        void Store(Dictionary<int, HashSet<int>> live, int slot, int i, Use use)
        {
            if (use == Use.Write || !live.TryGetValue(slot, out var values)) live[slot] = [definitions[i]];
            else values.Add(definitions[i]);
        }
    }

    private enum Use
    {
        Read,
        Write,
        Change,
    }

    /// <summary>The variable that an instruction names.</summary>
    public Web Of(int instruction) => webs[Root(definitions[instruction])];

    /// <summary>Whether an instruction stores what only the next one loads: a variable of the compiler's own.</summary>
    public bool IsPassedOn(int instruction) =>
        Of(instruction) is { Name: null, Stores: 1, Uses: 2 } web && definitions.ContainsKey(instruction + 1) && Of(instruction + 1) == web;

    private void NewDefinition(int instruction)
    {
        definitions[instruction] = parents.Count;
        parents.Add(parents.Count);
    }

    private int Root(int definition)
    {
        while (parents[definition] != definition) definition = parents[definition];
        return definition;
    }

    private static Use? Classify(MethodBase method, List<Instruction> instructions, int i, int end)
    {
        string name = instructions[i].Code.Name!;
        if (name.StartsWith("stloc")) return Use.Write;
        if (name.StartsWith("ldloca"))
        {
            // Views are never changed in place: their indexers write to what they look at.
            if (Views.IsView(method.GetMethodBody()!.LocalVariables[instructions[i].Variable()].LocalType)) return Use.Read;
            if (i + 1 < end && instructions[i + 1].Code == OpCodes.Initobj) return Use.Write;
            return StackShape.AddressIsOnlyRead(method, instructions, i, end) ? Use.Read : Use.Change;
        }
        return name.StartsWith("ldloc") ? Use.Read : null;
    }

    /// <summary>A variable.</summary>
    internal sealed class Web(Type type)
    {
        public Type Type { get; } = type;

        /// <summary>What the source calls it, or null.</summary>
        public string? Name { get; set; }

        /// <summary>How many instructions store to it.</summary>
        public int Stores { get; set; }

        /// <summary>How many instructions name it.</summary>
        public int Uses { get; set; }
    }
}
