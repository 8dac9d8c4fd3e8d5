using BenchmarkDotNet.Running;

// dotnet run -c Release --project bench/EMDC.Bench -- --filter '*'           everything
// dotnet run -c Release --project bench/EMDC.Bench -- --filter '*dec1.conv*' one layer
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
