using EMDC.Weights;

namespace EMDC.Convert.Tests;

/// <summary>Checkpoints written by PyTorch (fixtures/make.py), in both formats.</summary>
public sealed class CheckpointTests
{
    public static TheoryData<string> Formats => ["zip", "legacy"];

    [Theory, MemberData(nameof(Formats))]
    public void Reads_every_type(string format)
    {
        var tensors = Read($"types_{format}.pth").Tensors;
        Assert.Equal(["f32", "f16", "bf16", "f64", "scalar", "empty", "bn.num_batches_tracked"], tensors.Select(t => t.Name));
        DType[] types = [DType.F32, DType.F16, DType.BF16, DType.F64];
        for (int i = 0; i < types.Length; i++)
        {
            Assert.Equal(types[i], tensors[i].DType);
            Assert.Equal([2, 3], tensors[i].Shape);
            Assert.Equal(CheckpointBuilder.Values(i, 2, 3), tensors[i].ToFloat32());
        }

        Assert.Empty(tensors[4].Shape);
        Assert.Equal(CheckpointBuilder.Values(4), tensors[4].ToFloat32());
        Assert.Equal([0, 3], tensors[5].Shape);
        Assert.Empty(tensors[5].ToFloat32());
        Assert.Equal(DType.I64, tensors[6].DType);
        Assert.Equal(12, BitConverter.ToInt64(tensors[6].Data.Span));
    }

    [Theory, MemberData(nameof(Formats))]
    public void Follows_strides_through_a_shared_storage(string format)
    {
        var tensors = Read($"views_{format}.pth").Tensors.ToDictionary(t => t.Name);
        float[] whole = CheckpointBuilder.Values(0, 4, 6);
        Check("whole", [4, 6], whole);
        Check("transposed", [6, 4], [.. from x in Enumerable.Range(0, 6) from y in Enumerable.Range(0, 4) select whole[(y * 6) + x]]);
        Check("columns", [4, 2], [.. from y in Enumerable.Range(0, 4) from x in new[] { 1, 3 } select whole[(y * 6) + x]]);
        Check("rows", [2, 6], whole[6..18]);
        Check("repeated", [3, 2], [.. Enumerable.Repeat(whole[0], 6)]);
        Check("last", [1, 3, 2, 2], CheckpointBuilder.Values(1, 1, 3, 2, 2));

        void Check(string name, int[] shape, float[] values)
        {
            Assert.Equal(shape, tensors[name].Shape);
            Assert.Equal(values, tensors[name].ToFloat32());
        }
    }

    [Theory, MemberData(nameof(Formats))]
    public void Takes_a_bare_state_dict_and_drops_the_prefix_of_DataParallel(string format)
    {
        var tensors = Read($"module_{format}.pth").Tensors;
        Assert.Equal(
            ["0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var", "1.num_batches_tracked"],
            tensors.Select(t => t.Name));
        for (int i = 0; i < 6; i++)
        {
            Assert.Equal(CheckpointBuilder.Values(i, tensors[i].Shape), tensors[i].ToFloat32());
        }
    }

    [Theory, MemberData(nameof(Formats))]
    public void Takes_parameters_for_tensors(string format)
    {
        var tensors = Read($"parameter_{format}.pth").Tensors;
        Assert.Equal(["w", "b"], tensors.Select(t => t.Name));
        Assert.Equal(CheckpointBuilder.Values(0, 2, 2), tensors[0].ToFloat32());
        Assert.Equal(CheckpointBuilder.Values(1, 2), tensors[1].ToFloat32());
    }

    [Theory]
    [InlineData("training_zip.pth")]
    [InlineData("training_legacy.pth")]
    [InlineData("protocol1.pth")]
    [InlineData("protocol3.pth")]
    [InlineData("protocol4.pth")]
    [InlineData("protocol5.pth")]
    [InlineData("zip64.pth")]
    public void Reads_past_optimizers_and_NumPy_scalars_in_every_pickle_protocol_and_zip64(string file)
    {
        var tensor = Assert.Single(Read(file).Tensors);
        Assert.Equal("w", tensor.Name);
        Assert.Equal(CheckpointBuilder.Values(0, 3), tensor.ToFloat32());
    }

    [Theory, MemberData(nameof(Formats))]
    public void Refuses_a_foreign_function_by_its_name_and_does_not_call_it(string format)
    {
        string path = Fixture($"evil_{format}.pth");
        var error = Assert.Throws<EmdcException>(() => Checkpoint.Read(path));
        Assert.Equal($"{path}: the pickle asks for 'posix.system', which no tensor needs; it was refused and nothing was called.", error.Message);
        Assert.False(File.Exists("emdc-was-here"));
    }

    [Fact]
    public void Takes_the_items_of_an_OrderedDict_as_Python_2_wrote_them()
    {
        string tensor = CheckpointBuilder.Tensor("0", "3", "3", "1");
        byte[] file = CheckpointBuilder.Zip(
            $"ccollections\nOrderedDict\n((l(lVw\na{tensor}aatR.", ("0", CheckpointBuilder.Counted(0, CheckpointBuilder.Values(0, 3))[8..]));
        Assert.Equal(CheckpointBuilder.Values(0, 3), Assert.Single(Checkpoint.Parse("x.pth", file).Tensors).ToFloat32());
    }

    [Fact]
    public void Takes_an_empty_tensor_whatever_its_other_sizes()
    {
        string tensor = CheckpointBuilder.Tensor("0", "0", "2147483647 2147483647 2147483647 0", "1 1 1 1");
        byte[] file = CheckpointBuilder.Zip(CheckpointBuilder.StateDict(("w", tensor)), ("0", []));
        Assert.Equal([int.MaxValue, int.MaxValue, int.MaxValue, 0], Assert.Single(Checkpoint.Parse("x.pth", file).Tensors).Shape);
    }

    [Fact]
    public void Reads_views_of_the_sequential_format()
    {
        string tensor = CheckpointBuilder.Tensor("0", "4", "2", "1", view: "(Vv\nI1\nI3\nt");
        byte[] file = CheckpointBuilder.Legacy(CheckpointBuilder.StateDict(("w", tensor)), "(lV0\na.", CheckpointBuilder.Counted(4, 1, 2, 3, 4));
        Assert.Equal([2f, 3f], Assert.Single(Checkpoint.Parse("x.pth", file).Tensors).ToFloat32());
    }

    [Fact]
    public void Names_a_file_that_is_not_there()
    {
        var error = Assert.Throws<EmdcException>(() => Checkpoint.Read("none/such.pth"));
        Assert.Equal("none/such.pth: there is no such file.", error.Message);
    }

    internal static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "fixtures", name);

    private static Checkpoint Read(string name) => Checkpoint.Read(Fixture(name));
}
