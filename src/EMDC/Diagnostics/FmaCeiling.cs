using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using EMDC.Simd;

namespace EMDC.Diagnostics;

/// <summary>
/// The most GFLOP/s that this machine's multiply-add units give: chains of multiply-adds on registers, without any memory.
/// No convolution can be faster than this at the same vector width, whatever its algorithm's operation count (Winograd's aside).
/// </summary>
public static class FmaCeiling
{
    // A multiply-add takes 4 cycles (5 on some) and two begin each cycle, so fewer than 8 to 10 chains would wait for themselves;
    // 12 chains and their two factors still fit the 16 registers of AVX2.
    private const int Chains = 12;

    // A round of about 5 ms: long against the start of a round (µs), short against what else a machine does.
    private const double RoundSeconds = 0.005;
    private const int Rounds = 40;

    /// <summary>Measures for about a quarter of a second; the best of several short rounds counts.</summary>
    /// <param name="threads">Threads at once; 0 takes all processors.</param>
    /// <param name="simd">The width, as <see cref="EmdcOptions.Simd"/> names it.</param>
    /// <returns>GFLOP/s of all threads together, a multiply-add counted as two.</returns>
    /// <exception cref="EmdcException">The width does not run in hardware here, or the number of threads is out of range.</exception>
    public static double Measure(int threads = 0, string simd = "auto")
    {
        var options = new EmdcOptions { Threads = threads, Simd = simd };
        return Devices.Simd(options) switch
        {
            "512" => Measure<Simd512, Vector512<float>>(Devices.Threads(options)),
            "256" => Measure<Simd256, Vector256<float>>(Devices.Threads(options)),
            "128" => Measure<Simd128, Vector128<float>>(Devices.Threads(options)),
            _ => Measure<SimdScalar, float>(Devices.Threads(options)),
        };
    }

    private static double Measure<S, V>(int threads) where S : struct, ISimd<V> where V : struct
    {
        long repeats = 1000;
        while (Seconds<S, V>(repeats) is var seconds && seconds < RoundSeconds)
        {
            repeats = seconds < RoundSeconds / 16 ? 8 * repeats : (long)(repeats * 1.1 * RoundSeconds / seconds) + 1;
        }

        var begin = new long[threads];
        var end = new long[threads];
        double best = double.PositiveInfinity;
        using (var barrier = new Barrier(threads))
        {
            void Work(int thread)
            {
                for (int round = 0; round < Rounds; round++)
                {
                    barrier.SignalAndWait();
                    begin[thread] = Stopwatch.GetTimestamp();
                    Run<S, V>(repeats);
                    end[thread] = Stopwatch.GetTimestamp();
                    barrier.SignalAndWait();
                    if (thread == 0)
                    {
                        best = Math.Min(best, Stopwatch.GetElapsedTime(begin.Min(), end.Max()).TotalSeconds);
                    }
                }
            }

            Thread[] others = [.. Enumerable.Range(1, threads - 1).Select(i => new Thread(() => Work(i)) { IsBackground = true })];
            foreach (Thread other in others)
            {
                other.Start();
            }

            Work(0);
            foreach (Thread other in others)
            {
                other.Join();
            }
        }

        return 2.0 * Chains * S.Width * repeats * threads / best / 1e9;
    }

    private static double Seconds<S, V>(long repeats) where S : struct, ISimd<V> where V : struct
    {
        long start = Stopwatch.GetTimestamp();
        Run<S, V>(repeats);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    [MethodImpl(Jit.Kernel)]
    private static unsafe void Run<S, V>(long repeats) where S : struct, ISimd<V> where V : struct
    {
        // a ← a·0.5 + 0.5 stays at 1: neither infinities nor denormals, which some units are slower on.
        V half = S.Broadcast(0.5f);
        V a0 = S.Broadcast(1), a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0, a8 = a0, a9 = a0, a10 = a0, a11 = a0;
        for (long i = 0; i < repeats; i++)
        {
            a0 = S.Fma(a0, half, half);
            a1 = S.Fma(a1, half, half);
            a2 = S.Fma(a2, half, half);
            a3 = S.Fma(a3, half, half);
            a4 = S.Fma(a4, half, half);
            a5 = S.Fma(a5, half, half);
            a6 = S.Fma(a6, half, half);
            a7 = S.Fma(a7, half, half);
            a8 = S.Fma(a8, half, half);
            a9 = S.Fma(a9, half, half);
            a10 = S.Fma(a10, half, half);
            a11 = S.Fma(a11, half, half);
        }

        // Looked at, so that the compiler keeps every chain.
        V sum = S.Add(S.Add(S.Add(a0, a1), S.Add(a2, a3)), S.Add(S.Add(S.Add(a4, a5), S.Add(a6, a7)), S.Add(S.Add(a8, a9), S.Add(a10, a11))));
        float* values = stackalloc float[16];
        S.Store(values, sum);
        if (values[0] != Chains)
        {
            throw new InvalidOperationException($"The chains of multiply-adds sum to {values[0]} instead of {Chains}.");
        }
    }
}
