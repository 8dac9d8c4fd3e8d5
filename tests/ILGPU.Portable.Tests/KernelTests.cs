using ILGPU.Runtime;

namespace ILGPU.Tests;

/// <summary>Kernels that keep the rules give what their formulas say.</summary>
public class KernelTests
{

    private static void Scale1DKernel(Index1D i, ArrayView<float> x, ArrayView<float> y, float factor) => y[i] = factor * x[i];


    // y[g, t] = Σ x over the group, by halves in shared memory.
    private static void GroupSumKernel(ArrayView<float> x, ArrayView<float> y)
    {
        var partial = SharedMemory.Allocate<float>(64);
        int t = Group.IdxX, first = Grid.IdxX * Group.DimX;
        partial[t] = x[first + t];
        for (int half = Group.DimX / 2; half > 0; half /= 2)
        {
            Group.Barrier();
            if (t < half) partial[t] += partial[t + half];
        }
        Group.Barrier();
        y[first + t] = partial[0];
    }

    [Fact]
    public void An_auto_grouped_kernel_runs_once_for_each_index()
    {
        using var device = new Checked();
        var accelerator = device.Accelerator;
        var launch = accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<float>, ArrayView<float>, float>(Scale1DKernel);
        float[] x = [.. Enumerable.Range(0, 1001).Select(i => (float)i)];
        using var input = accelerator.Allocate1D(x);
        using var output = accelerator.Allocate1D<float>(x.Length);

        launch(x.Length, input.View, output.View, 3);
        accelerator.Synchronize();

        Assert.Equal(x.Select(value => 3 * value), output.GetAsArray1D());
    }

    [Fact]
    public void Explicit_groups_share_memory_between_barriers()
    {
        using var device = new Checked();
        var accelerator = device.Accelerator;
        var launch = accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>>(GroupSumKernel);
        float[] x = [.. Enumerable.Range(0, 640).Select(i => (float)i)];
        using var input = accelerator.Allocate1D(x);
        using var output = accelerator.Allocate1D<float>(x.Length);

        launch((10, 64), input.View, output.View);

        float[] expected = [.. x.Chunk(64).SelectMany(group => Enumerable.Repeat(group.Sum(), 64))];
        Assert.Equal(expected, output.GetAsArray1D());
    }
}
