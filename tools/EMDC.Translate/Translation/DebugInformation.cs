using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace EMDC.Translate;

/// <summary>What a portable PDB, beside the assembly or inside it, knows about a method: lines and names of locals.</summary>
internal sealed class DebugInformation
{
    private static readonly Dictionary<Module, MetadataReader?> Readers = [];

    private readonly List<(int Offset, string Line)> lines = [];
    private readonly List<(int Slot, string Name, int Start, int End)> names = [];

    private DebugInformation() { }

    /// <summary>Empty where there is no PDB.</summary>
    public static DebugInformation Of(MethodBase method)
    {
        var information = new DebugInformation();
        MetadataReader? reader;
        lock (Readers)
        {
            if (!Readers.TryGetValue(method.Module, out reader)) Readers[method.Module] = reader = Open(method.Module);
        }
        if (reader is null) return information;
        var handle = ((MethodDefinitionHandle)MetadataTokens.EntityHandle(method.MetadataToken)).ToDebugInformationHandle();
        foreach (var point in reader.GetMethodDebugInformation(handle).GetSequencePoints())
        {
            if (point.IsHidden) continue;
            string file = reader.GetString(reader.GetDocument(point.Document).Name);
            information.lines.Add((point.Offset, $"{file.Split('/', '\\')[^1]}:{point.StartLine}"));
        }
        foreach (var scopeHandle in reader.GetLocalScopes(handle))
        {
            var scope = reader.GetLocalScope(scopeHandle);
            foreach (var variableHandle in scope.GetLocalVariables())
            {
                var variable = reader.GetLocalVariable(variableHandle);
                if (!variable.Attributes.HasFlag(LocalVariableAttributes.DebuggerHidden))
                    information.names.Add((variable.Index, reader.GetString(variable.Name), scope.StartOffset, scope.EndOffset));
            }
        }
        return information;
    }

    /// <summary>"File.cs:12", or null.</summary>
    public string? Line(int offset) => lines.LastOrDefault(line => line.Offset <= offset).Line;

    /// <summary>The number of the source's variable in a slot at an instruction, or −1.</summary>
    public int Variable(int slot, int offset) => names
        .Index()
        .Where(name => name.Item.Slot == slot && name.Item.Start <= offset && offset < name.Item.End)
        .OrderBy(name => name.Item.End - name.Item.Start)
        .Select(name => name.Index)
        .FirstOrDefault(-1);

    /// <summary>What the source calls the variable of a number.</summary>
    public string? Name(int variable) => variable < 0 ? null : names[variable].Name;

    private static MetadataReader? Open(Module module)
    {
        try
        {
            string assembly = module.FullyQualifiedName, beside = Path.ChangeExtension(assembly, ".pdb");
            if (!File.Exists(assembly)) return null;
            using var portable = new PEReader(new MemoryStream(File.ReadAllBytes(assembly)));
            var provider = portable.TryOpenAssociatedPortablePdb(
                assembly, path => File.Exists(path) ? new MemoryStream(File.ReadAllBytes(path)) : null, out var found, out _)
                ? found
                : File.Exists(beside) ? MetadataReaderProvider.FromPortablePdbStream(File.OpenRead(beside)) : null;
            return provider?.GetMetadataReader();
        }
        catch (Exception exception) when (exception is IOException or BadImageFormatException or UnauthorizedAccessException)
        {
            // Lines and names are a courtesy.
            return null;
        }
    }
}
