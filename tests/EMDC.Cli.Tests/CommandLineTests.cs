namespace EMDC.Cli.Tests;

/// <summary>What is wrong with a command line whatever the files hold: exit code 2.</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("--depth-scale 0.001 --depth-format kitti", "--depth-scale and --depth-format exclude each other.")]
    [InlineData("--registration 1", "--registration is '1', but needs two whole numbers of pixels, such as 1,-2.")]
    [InlineData("--registration 1,0.5", "--registration is '1,0.5', but needs two whole numbers of pixels, such as 1,-2.")]
    [InlineData("--registration 1,99999", "--registration is '1,99999', but needs two whole numbers of pixels, such as 1,-2.")]
    [InlineData("--registration 1,2 --raw", "--registration and --raw exclude each other.")]
    [InlineData("--depth-scale 0", "--depth-scale is '0', but needs a number above 0.")]
    [InlineData("--depth-scale inf", "--depth-scale is 'inf', but needs a number above 0.")]
    [InlineData("--max-depth -1", "--max-depth is '-1', but needs a number above 0.")]
    [InlineData("--depth-format metres", "--depth-format is 'metres', but needs kitti, nyu, tum, realsense, sun, arcore or mipi.")]
    [InlineData("--threads -1", "--threads is '-1', but needs a whole number from 0 to 1024.")]
    [InlineData("--threads two", "--threads is 'two', but needs a whole number from 0 to 1024.")]
    [InlineData("--simd 64", "--simd is '64', but needs auto, 512, 256, 128 or scalar.")]
    [InlineData("--size 192", "--size is '192', but needs HEIGHTxWIDTH in pixels, 8 to 16384 each, for example 192x256.")]
    [InlineData("--size 99999999999x8", "--size is '99999999999x8', but needs HEIGHTxWIDTH in pixels, 8 to 16384 each, for example 192x256.")]
    [InlineData("--shard 1/2", "--shard is for lists of frames and needs --list.")]
    [InlineData("--report r.json", "--report is for lists of frames and needs --list.")]
    [InlineData("--list l", "--list and --rgb exclude each other.", "--list needs --output-dir.")]
    [InlineData("--output-dir d", "--output-dir is for lists of frames and needs --list.")]
    [InlineData("--skip-existing", "--skip-existing is for lists of frames and needs --list.")]
    [InlineData("--output-format npy", "--output-format is for lists of frames and needs --list.")]
    [InlineData("--weights", "Required argument missing for option: '--weights'.")]
    [InlineData("--colour", "Unrecognized command or argument '--colour'.")]
    public void Options_of_complete_that_cannot_be(string options, params string[] messages) =>
        Command.Run([.. "complete --rgb r --depth d --output o".Split(' '), .. options.Split(' ')]).Fails(2, [.. messages, "Try 'emdc complete --help'."]);

    [Fact]
    public void What_is_missing_is_named()
    {
        Command.Run().Fails(2, "Required command was not provided.", "Try 'emdc --help'.");
        Command.Run("complete").Fails(2, "complete needs --rgb, --depth, --output.", "Try 'emdc complete --help'.");
        Command.Run("complete", "--rgb", "r").Fails(2, "complete needs --depth, --output.", "Try 'emdc complete --help'.");
        Command.Run("complete", "--list", "l").Fails(2, "--list needs --output-dir.", "Try 'emdc complete --help'.");
        Command.Run("info").Fails(2, "Required argument 'W.safetensors' missing for command: 'info'.", "Try 'emdc info --help'.");
    }

    [Theory]
    [InlineData("benchmark --size 0x256", "--size is '0x256', but needs HEIGHTxWIDTH in pixels, 8 to 16384 each, for example 192x256.", "benchmark")]
    [InlineData("benchmark --runs 0", "--runs is '0', but needs a whole number from 1 to 1000000.", "benchmark")]
    [InlineData("benchmark --warmup 0", "--warmup is '0', but needs a whole number from 1 to 1000000.", "benchmark")]
    [InlineData("profile --by shape", "--by is 'shape', but needs operator or layer.", "profile")]
    public void Options_of_the_others_that_cannot_be(string line, string message, string command) =>
        Command.Run(line.Split(' ')).Fails(2, message, $"Try 'emdc {command} --help'.");

    [Theory]
    [InlineData("0/4")]
    [InlineData("5/4")]
    [InlineData("3")]
    public void Shares_count_from_1(string shard) =>
        Command.Run("complete", "--list", "l", "--output-dir", "o", "--shard", shard).Fails(
            2, $"--shard is '{shard}', but needs K/N with K from 1 to N, for example 3/16.", "Try 'emdc complete --help'.");

    [Fact]
    public void Help_is_no_error()
    {
        Outcome help = Command.Run("complete", "--help");
        help.Succeeds();
        Assert.Contains("emdc complete [options]", help.Out);
    }

    [Fact]
    public void A_name_that_begins_with_an_at_sign_is_a_name() =>
        Command.Run("info", "@weights").Fails(1, "@weights: there is no such file.");

    [Fact]
    public void Unforeseen_exceptions_are_one_line_without_a_stack_trace()
    {
        Assert.Equal("Unexpected InvalidOperationException: a b", CommandLine.Describe(new InvalidOperationException("a\nb")));
        Assert.Equal("There is not enough memory for a frame of this size.", CommandLine.Describe(new OutOfMemoryException()));
    }
}
