using System.Reflection;

namespace EMDC.Kernels;

/// <summary>
/// The kernels in OpenCL C 1.2, one file each, as <c>src/EMDC.Kernels/OpenCL</c> holds them: what OpenCL devices compile, and to be
/// read beside a vendor's profiler. What kernels share stands in <c>Common.cl</c> where there is one, and is compiled in front of each.
/// </summary>
public static class KernelSources
{
    private const string Folder = "OpenCL/", Common = "Common.cl";

    private static readonly Assembly Library = typeof(KernelSources).Assembly;

    /// <summary>The names of all files.</summary>
    internal static IReadOnlyList<string> Files { get; } =
        [.. Library.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)).Select(name => name[Folder.Length..]).Order()];

    /// <summary>All that is compiled for a kernel.</summary>
    internal static string Source(string kernel) => (Files.Contains(Common) ? Text(Common) : "") + Text($"{kernel}.cl");

    /// <summary>
    /// The same for groups of a device that has less local memory, whose tiles leave the end of the array alone. As only its length differs,
    /// the text stands there once.
    /// </summary>
    internal static string WithLessLocalMemory(string source)
    {
        string most = $"__local float4 shared[{Tiling.MostSharedUnits}];";
        return source.Contains(most, StringComparison.Ordinal)
            ? source.Replace(most, $"__local float4 shared[{Tiling.FewSharedUnits}];", StringComparison.Ordinal)
            : throw new ArgumentException($"There is no '{most}' in this text.", nameof(source));
    }

    /// <summary>Writes the files to a folder that exists and returns their paths.</summary>
    public static IReadOnlyList<string> Emit(string folder)
    {
        var paths = new List<string>();
        foreach (string file in Files)
        {
            string path = Path.Combine(folder, file), temporary = $"{path}.{Path.GetRandomFileName()}";
            try
            {
                File.WriteAllText(temporary, Text(file));
                File.Move(temporary, path, overwrite: true);
            }
            finally
            {
                File.Delete(temporary);
            }

            paths.Add(path);
        }

        return paths;
    }

    private static string Text(string file)
    {
        using Stream resource = Library.GetManifestResourceStream(Folder + file)
            ?? throw new ArgumentException($"There is no {Folder}{file} in this program.", nameof(file));
        using var reader = new StreamReader(resource);
        return reader.ReadToEnd();
    }
}
