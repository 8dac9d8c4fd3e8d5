using System.Text.RegularExpressions;

namespace ILGPU.Tests;

/// <summary>
/// Whatever is public here is public in ILGPU 1.5.3 under the same signature, so that what compiles against this
/// assembly compiles against ILGPU. <c>ilgpu-api-1.5.3.txt</c> holds, for each type declared here, the members of the
/// same names that ILGPU and ILGPU.Algorithms 1.5.3 declare or inherit, as <see cref="PublicApi"/> writes them.
/// </summary>
public class FidelityTests
{
    [Fact]
    public void Every_public_member_is_one_of_ILGPU()
    {
        var known = Known();
        string[] strangers =
        [
            .. from type in typeof(Context).Assembly.GetExportedTypes()
               let header = PublicApi.Header(type)
               from line in PublicApi.Lines(type)
               where !(known.TryGetValue(header, out var lines) && (lines.Contains(line) || lines.Contains(AsReference(line))))
               select $"{header}: {line}",
        ];

        Assert.Empty(strangers);
    }

    /// <summary>A kernel with 15 arguments does not compile, on either side.</summary>
    [Fact]
    public void Loaders_end_at_fourteen_arguments()
    {
        var loaders = typeof(Runtime.KernelLoaders).GetMethods().Where(method => method.IsStatic).ToArray();

        Assert.Equal(14, loaders.Where(method => !method.Name.Contains("Auto")).Max(method => method.GetGenericArguments().Length));
        Assert.Equal(1 + 14, loaders.Where(method => method.Name.Contains("Auto")).Max(method => method.GetGenericArguments().Length));
    }

    // The only departure: an indexer that reads and writes stands for one that returns a reference.
    private static string AsReference(string line) => Regex.Replace(line, @"^(\S+ this\[.*\]) \{ get; set; \}$", "ref $1 { get; }");

    private static Dictionary<string, HashSet<string>> Known()
    {
        var known = new Dictionary<string, HashSet<string>>();
        HashSet<string> lines = [];
        foreach (string line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "ilgpu-api-1.5.3.txt")))
            if (line.StartsWith('#')) known[line] = lines = [];
            else lines.Add(line);
        return known;
    }
}
