namespace EMDC.Translate.Tests;

/// <summary>What cannot be OpenCL C is refused, in one sentence that names kernel, line and construct.</summary>
public class RefusalTests
{
    private const string Callable =
        ", but kernels call only static helpers, methods of their records, functions of XMath and MathF that OpenCL C has, and " +
        "ILGPU's views, groups and indices.";

    [Theory]
    [InlineData(nameof(RefusalKernels.Array), "Array: RefusalKernels.cs:17 uses arrays (newarr), but kernels have none.")]
    [InlineData(nameof(RefusalKernels.Text), "Text: RefusalKernels.cs:19 uses strings (ldstr), but kernels have none.")]
    [InlineData(nameof(RefusalKernels.Throws), "Throws: RefusalKernels.cs:23 makes an object of InvalidOperationException, but kernels have no objects.")]
    [InlineData(nameof(RefusalKernels.Catches), "Catches: RefusalKernels.cs:30 handles exceptions, but kernels have none.")]
    [InlineData(nameof(RefusalKernels.Checks), "Checks: RefusalKernels.cs:38 uses checked arithmetic (add.ovf), but kernels have none.")]
    [InlineData(nameof(RefusalKernels.Doubles), "Doubles: RefusalKernels.cs:40 uses double (conv.r8), but kernels have none.")]
    [InlineData(nameof(RefusalKernels.Statics), "Statics: RefusalKernels.cs:42 reads the static field RefusalKernels.Half, but kernels know only constants and static readonly int, uint and float.")]
    [InlineData(nameof(RefusalKernels.Counts), "Counts: RefusalKernels.cs:44 uses static fields to write to (stsfld), but kernels have none.")]
    [InlineData(nameof(RefusalKernels.Writes), "Writes: RefusalKernels.cs:46 calls Console.WriteLine" + Callable)]
    [InlineData(nameof(RefusalKernels.Hyperbolic), "Hyperbolic: RefusalKernels.cs:48 calls MathF.Asinh" + Callable)]
    [InlineData(nameof(RefusalKernels.Recurses), "Recurses: RefusalKernels.cs:133 calls Factorial, which calls itself, but OpenCL C has no recursion.")]
    [InlineData(nameof(RefusalKernels.Boxes), "Boxes: RefusalKernels.cs:52 calls Int32.GetHashCode" + Callable)]
    [InlineData(nameof(RefusalKernels.Delegates), "Delegates: RefusalKernels.cs:56 uses a delegate, but kernels have none.")]
    [InlineData(nameof(RefusalKernels.Objects), "Objects: RefusalKernels.cs:60 makes an object of Random, but kernels have no objects.")]
    [InlineData(nameof(RefusalKernels.Stacks), "Stacks: RefusalKernels.cs:64 uses pointers (conv.u), but kernels have none.")]
    [InlineData(nameof(RefusalKernels.Generic), "Generic: RefusalKernels.cs:68 calls RefusalKernels.Same" + Callable)]
    [InlineData(nameof(RefusalKernels.SharedSize), "SharedSize: RefusalKernels.cs:72 allocates shared memory of a size that is no constant, but OpenCL C must know it.")]
    [InlineData(nameof(RefusalKernels.SharedLongs), "SharedLongs: RefusalKernels.cs:78 allocates shared memory of 4 elements of type long, but needs at least one of int, uint, float or records of them.")]
    [InlineData(nameof(RefusalKernels.SharedInHelper), "SharedInHelper: RefusalKernels.cs:146 allocates shared memory in a helper, but OpenCL C declares it in the kernel itself.")]
    [InlineData(nameof(RefusalKernels.TwoSpaces), "TwoSpaces: RefusalKernels.cs:87 lets view look at global and at shared memory, but in OpenCL C a pointer has one address space.")]
    [InlineData(nameof(RefusalKernels.ReturnsView), "ReturnsView: RefusalKernels.cs:154 returns a value of type ArrayView<int>, but helpers return numbers and records of numbers.")]
    [InlineData(nameof(RefusalKernels.Jumps), "Jumps: RefusalKernels.cs:104 jumps into a loop, but OpenCL C has only loops with one way in.")]
    [InlineData(nameof(RefusalKernels.Record), "Record: argument 0 (s) is of type Misplaced, but Misplaced has a record of four numbers X, Y, Z, W that OpenCL C would move to a multiple of 16 bytes.")]
    [InlineData(nameof(RefusalKernels.Longs), "Longs: argument 0 (y) is of type ArrayView<long>, but long is not int, uint, float or a record of them.")]
    [InlineData(nameof(RefusalKernels.Element), "Element: RefusalKernels.cs:113 hands Increase an element of a view by reference, but in OpenCL C that is another kind of pointer than a variable's.")]
    [InlineData(nameof(RefusalKernels.Places), "Places: RefusalKernels.cs:118 refers to an element of one view or to something else, but in OpenCL C these are different pointers.")]
    [InlineData(nameof(RefusalKernels.Several), "Several: RefusalKernels.cs:125 keeps a reference to one of several variables, but kernels have no such references.")]
    public void The_sentence_says_what_is_not_in_the_dialect(string name, string expected)
    {
        var method = typeof(RefusalKernels).GetMethod(name)!;
        var fault = Assert.Throws<TranslationFault>(() => KernelTranslator.Translate(method));
        Assert.Equal(expected, fault.Message);
    }

    [Fact]
    public void Every_kernel_outside_of_the_dialect_has_its_sentence()
    {
        var told = typeof(RefusalTests).GetMethod(nameof(The_sentence_says_what_is_not_in_the_dialect))!
            .GetCustomAttributes(typeof(InlineDataAttribute), false).Cast<InlineDataAttribute>()
            .Select(row => (string)row.Data[0]!);
        Assert.Equal(Kernels.Order(), told.Order());
    }

    private static IEnumerable<string> Kernels => typeof(RefusalKernels)
        .GetMethods(System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.DeclaredOnly)
        .Select(method => method.Name);
}
