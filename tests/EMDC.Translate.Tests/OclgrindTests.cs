namespace EMDC.Translate.Tests;

/// <summary>Oclgrind finds what the kernels of <see cref="PlantedKernels"/> do wrong, and nothing in one that does it right.</summary>
public sealed class OclgrindTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData(typeof(RaceChild), false, "data race at local memory", "Kernel: Race")]
    [InlineData(typeof(DivergenceChild), false, "divergence detected (barrier)", "Kernel:     Divergence")]
    [InlineData(typeof(UnwrittenChild), true, "depends on uninitialized value", "Kernel: Unwritten")]
    public void A_planted_fault_is_found(Type child, bool unwritten, string fault, string kernel)
    {
        Oclgrind.Need();
        string said = Oclgrind.Run(child, Limit, unwritten);
        Assert.Contains(fault, said);
        Assert.Contains(kernel, said);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Nothing_is_found_where_nothing_is_wrong(bool unwritten)
    {
        Oclgrind.Need();
        Assert.Equal("", Oclgrind.Run(typeof(RightChild), Limit, unwritten));
    }

    private static void Run(string kernel)
    {
        using var host = new OpenCLHost();
        int[] values = [.. Enumerable.Range(0, PlantedKernels.Size)], y = new int[PlantedKernels.Size];
        host.Run(kernel, KernelTexts.Whole(typeof(PlantedKernels).GetMethod(kernel)!), 1, 1, PlantedKernels.Size, isChecked: false, values, values, y);
    }

    public sealed class RaceChild
    {
        [Fact(Explicit = true)]
        public void Runs() => Run(nameof(PlantedKernels.Race));
    }

    public sealed class DivergenceChild
    {
        [Fact(Explicit = true)]
        public void Runs() => Run(nameof(PlantedKernels.Divergence));
    }

    public sealed class UnwrittenChild
    {
        [Fact(Explicit = true)]
        public void Runs() => Run(nameof(PlantedKernels.Unwritten));
    }

    public sealed class RightChild
    {
        [Fact(Explicit = true)]
        public void Runs() => Run(nameof(PlantedKernels.Right));
    }
}
