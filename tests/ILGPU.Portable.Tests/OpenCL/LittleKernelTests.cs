using System.Reflection;
using FsCheck;
using FsCheck.Fluent;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.OpenCL;

namespace ILGPU.Tests.OpenCL;

/// <summary>Each little kernel gives on OpenCL what it gives on the checked accelerator, from release and from debug IL.</summary>
public sealed class LittleKernelTests : IDisposable
{
    private const int Count = 48;
    private const int Draws = 12;

    private readonly Context context = Context.Create(builder => builder.OpenCL().CPU());

    public static TheoryData<string, bool> Kernels
    {
        get
        {
            var rows = new TheoryData<string, bool>();
            foreach (var kernel in Of(debug: false))
            {
                rows.Add(kernel.Name, false);
                rows.Add(kernel.Name, true);
            }
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void OpenCL_agrees_with_the_checked_accelerator(string name, bool debug)
    {
        Assert.SkipWhen(context.GetCLDevices().Count == 0, "There is no OpenCL device on this machine.");
        var kernel = Of(debug).Single(method => method.Name == name);
        using var cl = context.CreateCLAccelerator(0);
        using var cpu = context.CreateCPUAccelerator(0);
        var types = kernel.GetParameters().Where(one => one.ParameterType.IsGenericType).Select(one => one.ParameterType.GenericTypeArguments[0]).ToArray();
        bool grouped = types.Length == kernel.GetParameters().Length;
        if (types[0] == typeof(float) && types[2] == typeof(float)) Compare(Floats, Load<float, float>(kernel, cl, grouped), Load<float, float>(kernel, cpu, grouped));
        else if (types[0] == typeof(float)) Compare(Floats, Load<float, int>(kernel, cl, grouped), Load<float, int>(kernel, cpu, grouped));
        else if (types[2] == typeof(float)) Compare(Ints, Load<int, float>(kernel, cl, grouped), Load<int, float>(kernel, cpu, grouped));
        else Compare(Ints, Load<int, int>(kernel, cl, grouped), Load<int, int>(kernel, cpu, grouped));
    }

    [Fact]
    public void The_debug_assembly_holds_the_same_kernels_and_is_not_optimised()
    {
        Assert.Equal(Of(debug: false).Select(kernel => kernel.Name), Of(debug: true).Select(kernel => kernel.Name));
        int Bytes(bool debug) => Of(debug).Sum(kernel => kernel.GetMethodBody()!.GetILAsByteArray()!.Length);
        Assert.True(Bytes(debug: true) > Bytes(debug: false));
    }

    public void Dispose() => context.Dispose();

    // Special values, values near each other, and any.
    private static Gen<float> Floats => Gen.OneOf(
        Gen.Elements(0f, -0f, 1f, -1f, 0.5f, 1.5f, 2.5f, -2.5f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, 1e30f, -3e9f, 3e9f, 255.9f, 2147483648f),
        Gen.Choose(-40, 40).Select(value => value / 4f),
        ArbMap.Default.GeneratorFor<int>().Select(value => value * 1.37f));

    private static Gen<int> Ints => Gen.OneOf(
        Gen.Elements(0, 1, -1, 2, 31, 32, 33, 100, int.MaxValue, int.MinValue, int.MinValue + 1, 65535, 65536, -1001),
        Gen.Choose(-20, 20),
        Gen.Choose(int.MinValue, int.MaxValue));

    private static void Compare<TIn, TOut>(Gen<TIn> values, Func<TIn[], TIn[], TOut[]> actual, Func<TIn[], TIn[], TOut[]> expected) =>
        Prop.ForAll(
            values.ArrayOf(Count).Two().Select(pair => (A: pair.Item1, B: pair.Item2)).ToArbitrary(),
            drawn =>
            {
                TOut[] found = actual(drawn.A, drawn.B), right = expected(drawn.A, drawn.B);
                for (int i = 0; i < right.Length; i++)
                    Assert.True(
                        Equals(found[i], right[i]),
                        $"y[{i}] is {found[i]:R}, not {right[i]:R}, for {drawn.A[i * Count / right.Length]:R} and {drawn.B[i * Count / right.Length]:R}.");
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(Draws));

    private static bool Equals<T>(T found, T right) => found is float a && right is float b
        ? BitConverter.SingleToInt32Bits(a) == BitConverter.SingleToInt32Bits(b) || float.IsNaN(a) && float.IsNaN(b)
        : EqualityComparer<T>.Default.Equals(found, right);

    private static Func<TIn[], TIn[], TOut[]> Load<TIn, TOut>(MethodInfo method, Accelerator accelerator, bool grouped)
        where TIn : unmanaged where TOut : unmanaged
    {
        Action<ArrayView<TIn>, ArrayView<TIn>, ArrayView<TOut>> launch;
        if (grouped)
        {
            var kernel = accelerator.LoadStreamKernel(method.CreateDelegate<Action<ArrayView<TIn>, ArrayView<TIn>, ArrayView<TOut>>>());
            launch = (a, b, y) => kernel(new KernelConfig(new Index3D(3, 1, 1), new Index3D(4, 2, 2)), a, b, y);
        }
        else
        {
            var kernel = accelerator.LoadAutoGroupedStreamKernel(method.CreateDelegate<Action<Index1D, ArrayView<TIn>, ArrayView<TIn>, ArrayView<TOut>>>());
            launch = (a, b, y) => kernel(Count, a, b, y);
        }
        return (a, b) =>
        {
            using var first = accelerator.Allocate1D(a);
            using var second = accelerator.Allocate1D(b);
            using var result = accelerator.Allocate1D(new TOut[Count * 16]);
            launch(first.View, second.View, result.View);
            accelerator.Synchronize();
            return result.GetAsArray1D();
        };
    }

    private static IEnumerable<MethodInfo> Of(bool debug)
    {
        var type = debug ? Assembly.Load("ILGPU.Portable.DebugKernels").GetType(typeof(LittleKernels).FullName!)! : typeof(LittleKernels);
        return type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly);
    }
}
