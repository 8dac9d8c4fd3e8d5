using EMDC.Checkpoints;
using EMDC.Tests.Parity;
using EMDC.Training.Optimiser;
using EMDC.Training.Run;
using EMDC.Weights;

namespace EMDC.Training.Tests.Run;

/// <summary>The checkpoint that a run writes, as its readers see it.</summary>
public sealed class CheckpointTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_converter_reads_every_value()
    {
        Parameters parameters = Changed();
        WeightsFiles.WriteCheckpoint(_folder["a.pth"], parameters, 1234);
        IReadOnlyList<SafetensorsTensor> tensors = Checkpoint.Read(_folder["a.pth"]).Tensors;
        Assert.Equal(parameters.State.Manifest.Parameters.Select(p => p.Name), tensors.Select(tensor => tensor.Name));
        foreach (SafetensorsTensor tensor in tensors)
        {
            float[] expected = Parameters.IsStatistic(tensor.Name) ? parameters.State[tensor.Name] : parameters[tensor.Name].Average;
            Assert.Equal(parameters.State.Shape(tensor.Name), tensor.Shape);
            Assert.Equal(expected, tensor.ToFloat32());
        }
    }

    [Fact]
    public void Safetensors_hold_the_averages_and_are_weights_of_the_engine()
    {
        Parameters parameters = Changed();
        WeightsFiles.WriteSafetensors(_folder["a.safetensors"], parameters, new Dictionary<string, string> { ["samples"] = "7" });
        StateDict read = StateDict.Load(_folder["a.safetensors"]);
        Assert.Equal(parameters["dec3.conv.weight"].Average, read["dec3.conv.weight"]);
        Assert.Equal(parameters.State["dec3.bn.running_var"], read["dec3.bn.running_var"]);
        Assert.Equal("7", SafetensorsFile.Read(_folder["a.safetensors"]).Metadata["samples"]);
    }

    [Fact]
    public void The_same_weights_give_the_same_bytes()
    {
        Parameters parameters = Changed();
        WeightsFiles.WriteCheckpoint(_folder["a.pth"], parameters, 5);
        WeightsFiles.WriteCheckpoint(_folder["b.pth"], parameters, 5);
        Assert.Equal(File.ReadAllBytes(_folder["a.pth"]), File.ReadAllBytes(_folder["b.pth"]));
    }

    [Fact]
    public void PyTorch_loads_it_into_its_network()
    {
        string python = Machine.PythonWithTorch();
        WeightsFiles.WriteCheckpoint(_folder["a.pth"], Changed(), 1234);
        const string Script = """
            import sys, torch
            sys.path.insert(0, sys.argv[1])
            from emdc import EMDC, SIX_STAGES
            from training.checkpoint import load_weights
            checkpoint = torch.load(sys.argv[2])
            model = EMDC(SIX_STAGES)
            load_weights(sys.argv[2], model)
            model.load_state_dict(checkpoint["state_dict"])
            assert checkpoint["samples"] == 1234 and checkpoint["arch"] == "EMDC"
            value = checkpoint["state_dict"]["dec3.conv.weight"]
            print(tuple(value.shape), "%.9g" % value[1, 2, 1, 0].item(), "%.9g" % model.rezero.item())
            """;
        Outcome outcome = Outcome.Of(python, "-c", Script, Path.Combine(Clone.Root, "tools/train"), _folder["a.pth"]);
        Assert.True(outcome.Code == 0, outcome.Error);
        Parameters parameters = Changed();
        float[] values = parameters["dec3.conv.weight"].Average;
        int[] shape = parameters["dec3.conv.weight"].Shape;
        string[] numbers = outcome.Out.Trim().Split(' ');
        Assert.Equal($"({string.Join(", ", shape)})", string.Join(' ', numbers[..4]));
        Assert.Equal(values[(9 * shape[1]) + (9 * 2) + 3], float.Parse(numbers[4], System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(parameters["rezero"].Average[0], float.Parse(numbers[5], System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void A_folder_that_takes_no_files_is_one_sentence()
    {
        Assert.SkipUnless(Directory.Exists("/proc/self"), "There is no /proc here, which takes no files.");
        var error = Assert.Throws<IOException>(() => WeightsFiles.WriteCheckpoint("/proc/a.pth", Changed(), 0));
        Assert.StartsWith("/proc/a.pth: the file cannot be written", error.Message);
    }

    private static Parameters Changed()
    {
        var parameters = new Parameters(new StateDict(GoldenParameters.StateDict(6)));
        foreach (Parameter p in parameters.All)
        {
            for (int i = 0; i < p.Average.Length; i++)
            {
                p.Average[i] *= 1.5f;
            }
        }

        return parameters;
    }
}
