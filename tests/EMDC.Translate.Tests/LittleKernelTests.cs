using System.Reflection;
using FsCheck;
using FsCheck.Fluent;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace EMDC.Translate.Tests;

/// <summary>Each little kernel gives as OpenCL C, and as OpenCL C that tests its indices, what it gives on ILGPU's CPU accelerator.</summary>
public sealed class LittleKernelTests : IDisposable
{
    private const int GroupsX = 2, GroupsY = 2, Threads = 16, Count = GroupsX * GroupsY * Threads, Draws = 4;

    // Warps of four threads: small groups are what the simulator is good at.
    private readonly Context _ilgpu = Context.Create(builder => builder.EnableAlgorithms().CPU(new CPUDevice(4, Threads / 4, 1)));

    public static TheoryData<string> Kernels => [.. Methods.Select(kernel => kernel.Name)];

    private static MethodInfo[] Methods => typeof(LittleKernels).GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly);

    // Special values, values near each other, and any.
    private static Gen<float> Floats => Gen.OneOf(
        Gen.Elements(0f, -0f, 1f, -1f, 0.5f, 1.5f, 2.5f, -2.5f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, 1e30f, -3e9f, 3e9f, 255.9f, 2147483648f),
        Gen.Choose(-40, 40).Select(value => value / 4f),
        ArbMap.Default.GeneratorFor<int>().Select(value => value * 1.37f));

    private static Gen<int> Ints => Gen.OneOf(
        Gen.Elements(0, 1, -1, 2, 31, 32, 33, 100, int.MaxValue, int.MinValue, int.MinValue + 1, 65535, 65536, -1001),
        Gen.Choose(-20, 20),
        Gen.Choose(int.MinValue, int.MaxValue));

    [Theory]
    [MemberData(nameof(Kernels))]
    public void OpenCL_agrees_with_ILGPU(string name)
    {
        OpenCLHost.NeedDevice();
        MethodInfo kernel = Methods.Single(method => method.Name == name);
        Type[] types = [.. kernel.GetParameters().Select(parameter => parameter.ParameterType.GenericTypeArguments[0])];
        if (types[0] == typeof(float) && types[2] == typeof(float)) Compare<float, float>(Floats, kernel);
        else if (types[0] == typeof(float)) Compare<float, int>(Floats, kernel);
        else if (types[2] == typeof(float)) Compare<int, float>(Ints, kernel);
        else Compare<int, int>(Ints, kernel);
    }

    public void Dispose() => _ilgpu.Dispose();

    private void Compare<TIn, TOut>(Gen<TIn> values, MethodInfo method) where TIn : unmanaged where TOut : unmanaged
    {
        using Accelerator accelerator = _ilgpu.CreateCPUAccelerator(0);
        using var host = new OpenCLHost();
        var places = new List<string>();
        string plain = KernelTexts.Whole(method), tested = KernelTexts.Whole(method, places);
        var launch = accelerator.LoadStreamKernel(method.CreateDelegate<Action<ArrayView<TIn>, ArrayView<TIn>, ArrayView<TOut>>>());
        Prop.ForAll(
            values.ArrayOf(Count).Two().Select(pair => (A: pair.Item1, B: pair.Item2)).ToArbitrary(),
            drawn =>
            {
                using var a = accelerator.Allocate1D(drawn.A);
                using var b = accelerator.Allocate1D(drawn.B);
                using var y = accelerator.Allocate1D(new TOut[16 * Count]);
                launch(
                    new KernelConfig(new Index2D(GroupsX, GroupsY), new Index2D(Threads, 1)),
                    a.AsArrayView<TIn>(0, Count), b.AsArrayView<TIn>(0, Count), y.AsArrayView<TOut>(0, 16 * Count));
                accelerator.Synchronize();
                TOut[] right = y.GetAsArray1D();
                foreach (bool isChecked in (bool[])[false, true])
                {
                    TOut[] found = new TOut[16 * Count];
                    int[] fault = host.Run(method.Name, isChecked ? tested : plain, GroupsX, GroupsY, Threads, isChecked, drawn.A, drawn.B, found);
                    if (fault[0] != 0) Assert.Fail($"{places[fault[0] - 1]}: index {fault[1]} of {fault[2]}");
                    for (int i = 0; i < right.Length; i++)
                        if (!Same(found[i], right[i]))
                            Assert.Fail($"y[{i}] is {found[i]:R}, not {right[i]:R}, for {drawn.A[i / 16]:R} and {drawn.B[i / 16]:R}.");
                }
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(Draws));
    }

    private static bool Same<T>(T found, T right) => found is float a && right is float b
        ? BitConverter.SingleToInt32Bits(a) == BitConverter.SingleToInt32Bits(b) || float.IsNaN(a) && float.IsNaN(b)
        : EqualityComparer<T>.Default.Equals(found, right);
}
