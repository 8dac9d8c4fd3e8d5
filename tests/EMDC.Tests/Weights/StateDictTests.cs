using EMDC.Weights;

namespace EMDC.Tests.Weights;

public sealed class StateDictTests
{
    [Theory]
    [InlineData(9)]
    [InlineData(6)]
    public void Knows_the_funnel_by_its_names(int stages)
    {
        var parameters = Parameters(stages);
        var state = new StateDict([.. parameters, ("enc.classifier.1.bias", [1], [float.NaN]), ("dec5.bn.num_batches_tracked", [], [1])]);
        Assert.Equal(stages, state.Stages);
        Assert.All(parameters, p => Assert.Same(p.Values, state[p.Name]));
        Assert.Equal([640, 320, 3, 3], state.Shape("dec5.conv.weight"));
        Assert.Throws<KeyNotFoundException>(() => state["enc.classifier.1.bias"]);
    }

    [Fact]
    public void Loads_a_file_of_mixed_types()
    {
        string path = Path.GetTempFileName();
        try
        {
            var parameters = Parameters(9);
            SafetensorsWriter.Write(path, parameters.Select((p, i) =>
                SafetensorsTensor.From(p.Name, p.Shape, p.Values, i % 2 == 0 ? DType.F16 : DType.F32)));
            var state = StateDict.Load(path);
            Assert.All(parameters, p => Assert.Equal(p.Values, state[p.Name]));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("1,-2,0.5,1e-3,4", new[] { 1, -2, 0.5f, 1e-3f, 4 })]
    [InlineData(null, null)]
    public void Coefficients_of_the_uncertainty_are_in_the_metadata(string? text, float[]? expected)
    {
        string path = Path.GetTempFileName();
        try
        {
            Write(path, text);
            Assert.Equal(expected, StateDict.Load(path).Uncertainty);
            Assert.Null(StateDict.From(SafetensorsFile.Read(path).Tensors, path).Uncertainty);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("1,2,3,4")]
    [InlineData("1,2,3,4,5,6")]
    [InlineData("1,2,3,4,x")]
    [InlineData("1,2,3,4,NaN")]
    [InlineData("")]
    public void Other_coefficients_are_refused(string text)
    {
        string path = Path.GetTempFileName();
        try
        {
            Write(path, text);
            Assert.Equal(
                $"{path}: uncertainty is '{text}' in the metadata, but 5 numbers with commas between them are needed.",
                Assert.Throws<EmdcException>(() => StateDict.Load(path)).Message);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Reports_missing_unexpected_misshapen_and_infinite_tensors_at_once()
    {
        var parameters = Parameters(6);
        parameters.RemoveAll(p => p.Name.StartsWith("ls_conv"));
        Replace(parameters, "rezero", [], [1]);
        Replace(parameters, "dep_conv.0.bias", [1], [float.PositiveInfinity]);
        parameters.Add(("head.weight", [1], [1]));
        parameters.Add(("head\u001b[2J", [1], [1]));
        Assert.Equal(
            "x.pth does not fit the EMDC network with 6 stages: 6 missing, 2 unexpected, 1 misshapen, 1 not finite.\n"
            + "missing: ls_conv0.0.weight, ls_conv0.0.bias, ls_conv1.0.weight, ls_conv1.0.bias and 2 more; unexpected: head.weight, head?[2J\n"
            + "misshapen: rezero is scalar and needs 1; not finite: dep_conv.0.bias",
            Assert.Throws<EmdcException>(() => new StateDict(parameters, "x.pth")).Message);
        Assert.Equal(
            "state dict does not fit the EMDC network with 6 stages: 6 missing, 1 misshapen, 1 not finite.\n"
            + "missing: ls_conv0.0.weight, ls_conv0.0.bias, ls_conv1.0.weight, ls_conv1.0.bias and 2 more\n"
            + "misshapen: rezero is scalar and needs 1; not finite: dep_conv.0.bias",
            Assert.Throws<EmdcException>(() => new StateDict(parameters, allowExtra: true)).Message);
    }

    [Fact]
    public void An_empty_file_misses_everything() => Assert.Equal(
        "x.pth does not fit the EMDC network with 9 stages: 358 missing.\n"
        + "missing: enc.features.0.0.weight, enc.features.0.1.weight, enc.features.0.1.bias, enc.features.0.1.running_mean and 354 more",
        Assert.Throws<EmdcException>(() => new StateDict([], "x.pth")).Message);

    [Theory]
    [InlineData("guid_conv9_1.0.weight")]
    [InlineData("guid_conv3_3.0.weight")]
    [InlineData("fuse_conv3.0.weight")]
    public void A_damaged_funnel_is_reported_against_the_nearer_one(string missing)
    {
        var parameters = Parameters(9);
        parameters.RemoveAll(p => p.Name == missing);
        Assert.Equal(
            $"state dict does not fit the EMDC network with 9 stages: 1 missing.\nmissing: {missing}",
            Assert.Throws<EmdcException>(() => new StateDict(parameters)).Message);
    }

    [Fact]
    public void Integers_are_no_weights()
    {
        var tensors = Parameters(9).Select(p => p.Name == "rezero"
            ? new(p.Name, DType.I64, [1], new byte[8])
            : SafetensorsTensor.From(p.Name, p.Shape, p.Values));
        Assert.Equal(
            "x.pth does not fit the EMDC network with 9 stages: 1 misshapen.\n"
            + "misshapen: rezero is of type I64 and needs F16, BF16, F32 or F64",
            Assert.Throws<EmdcException>(() => StateDict.From(tensors, "x.pth")).Message);
    }

    [Fact]
    public void Tensors_in_memory_must_be_named_once_and_fill_their_shapes()
    {
        var parameters = Parameters(9);
        Assert.Equal(
            "state dict: 'rezero' is there twice.",
            Assert.Throws<EmdcException>(() => new StateDict([.. parameters, ("rezero", [1], [1])])).Message);
        Assert.Equal(
            "rezero: 3 values do not fill 2.",
            Assert.Throws<ArgumentException>(() => new StateDict([("rezero", [2], [1, 2, 3])])).Message);
    }

    private static void Write(string path, string? uncertainty) => SafetensorsWriter.Write(
        path,
        Parameters(9).Select(p => SafetensorsTensor.From(p.Name, p.Shape, p.Values)),
        uncertainty is null ? null : new Dictionary<string, string> { ["uncertainty"] = uncertainty });

    private static List<(string Name, int[] Shape, float[] Values)> Parameters(int stages)
    {
        var manifest = stages == 9 ? ParameterManifest.NineStages : ParameterManifest.SixStages;
        return [.. manifest.Parameters.Select((p, i) => (p.Name, p.Shape, Values(i, p.Shape)))];
    }

    // Exact in float16: sixteenths between -8 and 8.
    private static float[] Values(int seed, int[] shape)
    {
        float[] values = new float[shape.Aggregate(1, (product, size) => product * size)];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = ((((i * 29L) + seed) % 256) - 128) / 16f;
        }

        return values;
    }

    private static void Replace(List<(string Name, int[], float[])> parameters, string name, int[] shape, float[] values) =>
        parameters[parameters.FindIndex(p => p.Name == name)] = (name, shape, values);
}
