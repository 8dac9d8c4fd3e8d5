using System.Reflection;
using ILGPU.Checked;
using ILGPU.Runtime;

namespace ILGPU.OpenCL;

/// <summary>Turns a kernel's IL into OpenCL C.</summary>
internal static class KernelTranslator
{
    /// <summary>Translates a kernel, or throws a <see cref="TranslationFault"/> that says what it cannot translate.</summary>
    /// <param name="kernel">A static method.</param>
    /// <param name="autoGrouped">Whether the first parameter is the index.</param>
    /// <param name="specialised">
    /// The values of the parameters of type <see cref="SpecializedValue{T}"/> (boxed int, uint or float), in order; a kernel
    /// is translated once for each set of them.
    /// </param>
    public static OpenCLKernel Translate(MethodInfo kernel, bool autoGrouped, params IReadOnlyList<object> specialised)
    {
        try
        {
            KernelSignature.Check(kernel, autoGrouped ? 1 : 0);
        }
        catch (KernelFault fault)
        {
            throw new TranslationFault(fault.Message);
        }

        var program = new KernelProgram(kernel);
        var function = new Function(kernel, Names.Identifier(kernel.Name)) { IsKernel = true };
        var parameters = kernel.GetParameters();
        var described = new List<KernelParameter>();
        var values = new Expression[parameters.Length];
        var bound = new Dictionary<int, Expression>();
        var prelude = new List<Statement>();
        var extents = new List<Variable>();
        int constants = 0;
        for (int i = 0; i < parameters.Length; i++)
        {
            var type = parameters[i].ParameterType;
            string name = parameters[i].Name ?? $"argument{i}";
            if (autoGrouped && i == 0)
            {
                var index = Index(program, type, name, extents, prelude);
                function.Given.Add(((Local)index).Variable);
                bound[0] = index;
                continue;
            }
            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(SpecializedValue<>))
            {
                var of = program.Types.Of(type.GenericTypeArguments[0])!;
                object value = specialised[constants++];
                if (of is not ScalarType || value is not (int or uint or float))
                    throw new TranslationFault(
                        $"{kernel.Name}: argument {described.Count} ({name}) is a specialised value of type " +
                        $"{KernelSignature.TypeName(type.GenericTypeArguments[0])}, but OpenCL programs take int, uint and float so.");
                bound[i] = new Literal(of, value);
                described.Add(new KernelParameter.Specialised(name, TypeMap.PackedSize(of)));
                continue;
            }
            var mapped = program.Types.Of(type)!;
            var memory = mapped is ViewType view ? view.Element : mapped;
            if (TypeMap.LayoutFlaw(mapped is ViewType ? type.GenericTypeArguments[0] : type, memory) is { } flaw)
                throw new TranslationFault($"{kernel.Name}: argument {described.Count} ({name}) is of type {KernelSignature.TypeName(type)}, but {flaw}.");
            int size = TypeMap.PackedSize(memory);
            described.Add(mapped is ViewType ? new KernelParameter.View(name, size) : new KernelParameter.Value(name, size));
            values[i] = Variable.New(name, mapped).Read();
        }

        new MethodTranslator(program, function, values, bound).Translate();
        function.Body.InsertRange(0, prelude);
        int shared = program.Shared.Sum(array => array.SharedElements * TypeMap.PackedSize(((ViewType)array.Type).Element));
        return new OpenCLKernel(function.Name, Printer.Print(program, function, extents), described, extents.Count, shared);
    }

    /// <summary>The index of an auto-grouped kernel: a variable, and a return for work-items outside of the extent.</summary>
    private static Expression Index(KernelProgram program, Type type, string name, List<Variable> extents, List<Statement> prelude)
    {
        int dimensions = type == typeof(Index1D) ? 1 : type == typeof(Index2D) ? 2 : type == typeof(Index3D) ? 3 : 0;
        if (dimensions == 0)
            throw new TranslationFault(
                $"{program.Kernel.Name}: the index ({name}) is of type {KernelSignature.TypeName(type)}, but is Index1D, Index2D or Index3D.");
        var index = Variable.New(name, program.Types.Of(type)!);
        var asked = Enumerable.Range(0, dimensions).Select(dimension => Views.Ask("get_global_id", dimension)).ToArray();
        prelude.Add(new Declare(index, Records.Build(index.Type, asked)));
        Expression? outside = null;
        for (int i = 0; i < dimensions; i++)
        {
            var extent = Variable.New($"extent_{"xyz"[i]}", ClType.Int);
            extents.Add(extent);
            Expression part = index.Type is RecordType record ? new Member(index.Read(), record.Fields[i].Name, ClType.Int) : index.Read();
            var beyond = new Binary(">=", part, extent.Read(), ClType.Bool);
            outside = outside is null ? beyond : new Binary("||", outside, beyond, ClType.Bool);
        }
        prelude.Add(new If(outside!, [new Return(null)], []));
        return index.Read();
    }
}
