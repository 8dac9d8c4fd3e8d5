using System.Text.RegularExpressions;
using EMDC.Tests.Operators;

namespace EMDC.Kernels.Tests;

/// <summary>
/// Oclgrind watches a small case of every operator: it has nothing to say of races, barriers that not all threads reach, and accesses
/// outside of buffers; with <c>EMDC_SLOW_TESTS=1</c> of a frame of 32×32 as well. That Oclgrind finds such faults is shown with planted ones
/// in EMDC.Translate.Tests.
/// </summary>
public sealed class OclgrindTests
{
    // Several times what they take where nothing else runs: seconds and five minutes of processor time.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(20);

    [Theory]
    [InlineData(typeof(SmallCases), false)]
    [InlineData(typeof(SmallFrame), true)]
    public void Oclgrind_finds_nothing(Type child, bool slow)
    {
        Oclgrind.Need();
        Assert.SkipWhen(slow && !KernelDevice.IsSlowRun, "This takes minutes; EMDC_SLOW_TESTS=1 runs it.");
        Assert.Equal("", Oclgrind.Run(child, Limit));
    }

    /// <summary>Of each operator, kernel size, stride and number of dilations one small case, in the groups of a GPU.</summary>
    public sealed class SmallCases
    {
        public static TheoryData<string, string> Rows
        {
            get
            {
                var rows = new TheoryData<string, string>();
                foreach (var kind in OperatorTests.Cases.Where(c => Pixels(c.Name) is > 1 and <= 20).GroupBy(Kind))
                {
                    string largest = kind.MaxBy(c => Pixels(c.Name))!.Name;
                    rows.Add(largest, "GPU");
                    if (OperatorTests.HasWide(largest) || largest.StartsWith("FunnelStage", StringComparison.Ordinal))
                    {
                        rows.Add(largest, "wide");
                    }
                }

                return rows;
            }
        }

        [Fact(Explicit = true)]
        public void Two_operators_in_one_launch()
        {
            FusionTests.RunFusion(9, 24, 5, 7, 1, true, KernelDevice.Backend("opencl:0", "GPU"));
            FusionTests.RunExpansion(24, 9, 3, 5, 2, KernelDevice.Backend("opencl:0", "held"));
            FusionTests.RunExpansion(5, 9, 4, 7, 1, KernelDevice.Backend("opencl:0", "held by a few"));
        }

        private static string Kind(OperatorCase c)
        {
            string[] parts = c.Name.Split(", ");
            return c.Operator switch
            {
                "Conv2d" => $"{c.Operator} {parts[1]} {parts[2]}",
                "FunnelStage" => parts[0],
                _ => c.Operator,
            };
        }

        [Theory(Explicit = true)]
        [MemberData(nameof(Rows))]
        public void Runs(string name, string tiling) => OperatorTests.ByName[name].Run(KernelDevice.Backend("opencl:0", tiling));

        private static int Pixels(string name)
        {
            Match size = Regex.Matches(name, @"(\d+)×(\d+)")[^1];
            return int.Parse(size.Groups[1].Value) * int.Parse(size.Groups[2].Value);
        }
    }

    public sealed class SmallFrame
    {
        // Once: that a second frame comes out the same is tested on quicker devices.
        [Fact(Explicit = true)]
        public void Runs() => NetworkTests.Check("six-32x32", 6, 32, 32, "opencl:0", "GPU", runs: 1);
    }
}
