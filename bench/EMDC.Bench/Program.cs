using BenchmarkDotNet.Running;

// dotnet run -c Release --project bench/EMDC.Bench -- --filter '*Operator*'     every operator of the network at 192×256
// dotnet run -c Release --project bench/EMDC.Bench -- --filter '*Frame*'        whole frames
// dotnet run -c Release --project bench/EMDC.Bench -- --filter '*Propagation*'  CSPN against FCSPN; EMDC_BENCH_DEVICE names a device
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
