using EMDC;
using EMDC.Tests.Parity;

// EMDC.Native.Parity [SIMD…]: every golden run at most as large as 64×96 with the given widths of vectors, or with all that run here.
string[] widths = args.Length > 0 ? args : [.. Devices.SimdWidths.Where(width => width.IsSupported).Select(width => width.Option)];
int failed = 0;
foreach (string simd in widths)
{
    foreach (var (name, stages, height, width) in EngineParity.Runs.Where(run => run.Height * run.Width <= 64 * 96))
    {
        try
        {
            int compared = EngineParity.Check(name, stages, height, width, simd).Count;
            Console.WriteLine($"{name} {simd}: {compared} stages agree with PyTorch");
        }
        catch (Exception e) when (e is EmdcException or Xunit.Sdk.XunitException or InvalidDataException)
        {
            Console.WriteLine($"{name} {simd}: {e.Message}");
            failed = 1;
        }
    }
}

return failed;
