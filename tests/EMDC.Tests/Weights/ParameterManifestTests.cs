using EMDC.Weights;

namespace EMDC.Tests.Weights;

public sealed class ParameterManifestTests
{
    [Fact]
    public void Nine_stages_have_the_published_number_of_parameters()
    {
        // emdc.md: 6,962,446 in all, 1,693,160 of them in layers that the network never runs. Running statistics are no parameters.
        long trained = ParameterManifest.NineStages.Parameters.Where(p => !p.Name.Contains(".running_")).Sum(Count);
        Assert.Equal(6_962_446 - 1_693_160, trained);
    }

    [Fact]
    public void Six_stages_differ_from_nine_in_the_funnel_alone()
    {
        static bool Funnel(ParameterShape p) => p.Name.StartsWith("guid_conv") || p.Name.StartsWith("fuse_conv");
        Assert.Equal(
            ParameterManifest.NineStages.Parameters.Where(p => !Funnel(p)).Select(p => p.ToString()),
            ParameterManifest.SixStages.Parameters.Where(p => !Funnel(p)).Select(p => p.ToString()));
        string[] weights = [.. ParameterManifest.SixStages.Parameters.Where(Funnel)
            .Where(p => p.Name.EndsWith("weight")).Select(p => p.ToString())];
        Assert.Equal(
            [
                "guid_conv1_1.0.weight 9x24x3x3", "guid_conv1_2.0.weight 9x24x3x3", "guid_conv1_3.0.weight 9x24x3x3",
                "fuse_conv1.0.weight 3x24x3x3",
                "guid_conv2_1.0.weight 9x10x3x3", "guid_conv2_2.0.weight 9x10x3x3", "guid_conv2_3.0.weight 9x10x3x3",
                "fuse_conv2.0.weight 3x4x3x3",
                "guid_conv3_1.0.weight 9x10x3x3", "guid_conv3_2.0.weight 9x10x3x3", "fuse_conv3.0.weight 2x4x3x3",
                "guid_conv4_1.0.weight 9x10x3x3", "guid_conv4_2.0.weight 9x10x3x3", "fuse_conv4.0.weight 2x3x3x3",
                "guid_conv5_1.0.weight 9x10x3x3", "guid_conv6_1.0.weight 9x10x3x3",
            ],
            weights);
    }

    [Fact]
    public void Iterations_add_up_to_the_papers()
    {
        Assert.Equal(21, Topology.NineStages.Sum(s => s.Iterations));
        Assert.Equal(15, Topology.SixStages.Sum(s => s.Iterations));
    }

    [Theory]
    [InlineData("enc.features.18.0.weight", true)]
    [InlineData("enc.classifier.1.bias", true)]
    [InlineData("dec5.bn.num_batches_tracked", true)]
    [InlineData("enc.features.17.conv.0.weight", false)]
    [InlineData("num_batches_tracked", false)]
    public void Knows_what_real_checkpoints_carry_for_nothing(string name, bool ignorable) =>
        Assert.Equal(ignorable, ParameterManifest.IsIgnorable(name));

    [Fact]
    public void The_manifest_file_lists_the_nine_stage_network()
    {
        string expected = string.Concat(ParameterManifest.NineStages.Parameters.Select(p => $"{p}\n"));
        Assert.Equal(expected, File.ReadAllText(Path.Combine(Clone.Root, "weights", "manifest.txt")));
    }

    private static long Count(ParameterShape parameter) => parameter.Shape.Aggregate(1L, (product, size) => product * size);
}
