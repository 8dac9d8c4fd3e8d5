using System.Text.Json;

namespace EMDC.Cli.Tests;

public sealed class ProfileTests
{
    [Fact]
    public void Operators_add_up_to_the_frame()
    {
        using JsonDocument json = Profile("operator");
        JsonElement[] operators = [.. json.RootElement.GetProperty("operators").EnumerateArray()];
        Assert.Equal(
            ["device", "threads", "height", "width", "runs", "ceiling_gflops", "operators", "total"],
            json.RootElement.EnumerateObject().Select(property => property.Name));
        Assert.Equal(
            ["operator", "calls", "ms", "macs", "bytes", "gflops", "gbytes_per_s", "percent_of_ceiling", "percent_of_frame"],
            operators[0].EnumerateObject().Select(property => property.Name));
        Assert.Equal(operators.Length, operators.Select(op => op.GetProperty("operator").GetString()).Distinct().Count());
        JsonElement total = json.RootElement.GetProperty("total");
        Assert.Equal(total.GetProperty("macs").GetInt64(), operators.Sum(op => op.GetProperty("macs").GetInt64()));
        Assert.Equal(total.GetProperty("calls").GetInt32(), operators.Sum(op => op.GetProperty("calls").GetInt32()));
        // Each number is rounded to thousandths.
        Assert.Equal(total.GetProperty("ms").GetDouble(), operators.Sum(op => op.GetProperty("ms").GetDouble()), 0.001 * operators.Length);
        Assert.Equal(100, operators.Sum(op => op.GetProperty("percent_of_frame").GetDouble()), 0.001 * operators.Length);
    }

    [Fact]
    public void Layers_come_in_the_order_they_run()
    {
        using JsonDocument json = Profile("layer");
        JsonElement[] layers = [.. json.RootElement.GetProperty("operators").EnumerateArray()];
        Assert.Equal("InputPreparation", layers[0].GetProperty("operator").GetString());
        Assert.Equal("enc.features.0.0", layers[1].GetProperty("layer").GetString());
        Assert.All(layers, layer => Assert.Equal(1, layer.GetProperty("calls").GetInt32()));
    }

    [Fact]
    public void The_table_has_a_line_for_each_operator_and_the_total()
    {
        Outcome outcome = Command.Run("profile", "--device", "cpu", "--size", "32x32", "--runs", "2", "--warmup", "1", "--threads", "1");
        outcome.Succeeds();
        string[] lines = outcome.Out.TrimEnd().Split(Environment.NewLine);
        Assert.EndsWith("  calls        ms  GFLOP/s   GB/s  % ceiling  % frame", lines[1]);
        Assert.StartsWith("total ", lines[^1]);
        Assert.EndsWith(" 100.0", lines[^1]);
        Assert.All(lines[2..], line => Assert.Equal(lines[1].Length, line.Length));
    }

    private static JsonDocument Profile(string by)
    {
        Outcome outcome = Command.Run("profile", "--device", "cpu", "--size", "32x32", "--runs", "2", "--warmup", "1", "--threads", "1", "--by", by, "--json");
        outcome.Succeeds();
        return JsonDocument.Parse(outcome.Out);
    }
}
