using EMDC.Translate;

// Writes the kernels of EMDC.Kernels as OpenCL C; README.md has the command.
if (args is not [var folder] || folder.StartsWith('-'))
{
    Console.Error.WriteLine("usage: EMDC.Translate FOLDER");
    return 2;
}

try
{
    var files = KernelTexts.Files(KernelTexts.Kernels(typeof(EMDC.Kernels.Float4).Assembly));
    Directory.CreateDirectory(folder);
    foreach (string old in Directory.EnumerateFiles(folder, "*.cl").Where(path => !files.ContainsKey(Path.GetFileName(path)))) File.Delete(old);
    foreach (var (name, text) in files) File.WriteAllText(Path.Combine(folder, name), text);
    Console.WriteLine($"{files.Count} files in {folder}");
    return 0;
}
catch (Exception exception) when (exception is TranslationFault or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}
