namespace EMDC.Tests.Parity;

/// <summary>The engine against PyTorch in float64, at every stage, with every vector width that runs here.</summary>
public sealed class EngineParityTests
{
    public static TheoryData<string, int, int, int, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, int, int, int, string>();
            foreach (var (option, _, _) in Devices.SimdWidths.Where(width => width.IsSupported))
            {
                foreach (var (name, stages, height, width) in EngineParity.Runs)
                {
                    cases.Add(name, stages, height, width, option);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_engine_agrees_with_PyTorch_at_every_stage(string name, int stages, int height, int width, string simd) =>
        Assert.Contains("output.dense", EngineParity.Check(name, stages, height, width, simd));
}
