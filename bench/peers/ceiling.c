/* The multiply-add ceiling of this machine, in single precision: what no convolution here can exceed.
 *
 *     gcc -O2 -pthread ceiling.c -o ceiling && ./ceiling
 *
 * 12 independent accumulators in registers hide the latency of the multiply-add; nothing is read from memory. Each variant
 * runs on 1 and on 2 threads and prints the best of 300 trials of a few milliseconds (short, to find moments in which nothing
 * else runs), in GFLOP/s; a multiply-add counts two.
 */
#include <immintrin.h>
#include <pthread.h>
#include <stdio.h>
#include <time.h>

enum { Accumulators = 12, Rounds = 300000, Trials = 300 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + 1e-9 * t.tv_nsec;
}

/* Named accumulators, because an array would go to the stack; the empty asm keeps each in a register of its own. */
#define EACH(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8) DO(9) DO(10) DO(11)
#define DECLARE(i) T a##i = SET((float)i);
#define STEP(i) a##i = FMADD(a##i, x, y); __asm__ volatile("" : "+v"(a##i));
#define SUM(i) sum = sum + a##i;
#define LOOP                                                                         \
    T x = SET(0.999f), y = SET(0.001f), sum = SET(0);                                \
    EACH(DECLARE)                                                                    \
    for (int round = 0; round < Rounds; round++) { EACH(STEP) }                      \
    EACH(SUM)                                                                        \
    return ((float *)&sum)[0];

#define T __m512
#define SET _mm512_set1_ps
#define FMADD _mm512_fmadd_ps
__attribute__((target("avx512f"))) static float avx512(void) { LOOP }
#undef T
#undef SET
#undef FMADD

#define T __m256
#define SET _mm256_set1_ps
#define FMADD _mm256_fmadd_ps
__attribute__((target("avx2,fma"))) static float avx2(void) { LOOP }

typedef struct { float (*loop)(void); pthread_barrier_t *start; float result; double from, to; } Work;

static void *run(void *p)
{
    Work *w = p;
    pthread_barrier_wait(w->start);
    w->from = now();
    w->result = w->loop();
    w->to = now();
    return 0;
}

static void measure(const char *name, float (*loop)(void), int lanes, int threads)
{
    double best = 0;
    for (int trial = 0; trial < Trials; trial++) {
        pthread_barrier_t start;
        pthread_t thread[2];
        Work work[2];
        pthread_barrier_init(&start, 0, threads);
        for (int i = 0; i < threads; i++) {
            work[i] = (Work){loop, &start, 0, 0, 0};
            pthread_create(&thread[i], 0, run, &work[i]);
        }
        for (int i = 0; i < threads; i++) pthread_join(thread[i], 0);
        double from = work[0].from, to = work[0].to;
        for (int i = 1; i < threads; i++) {
            if (work[i].from < from) from = work[i].from;
            if (work[i].to > to) to = work[i].to;
        }
        double rate = 2e-9 * lanes * Accumulators * (double)Rounds * threads / (to - from);
        if (rate > best) best = rate;
        pthread_barrier_destroy(&start);
    }
    printf("%s, %d thread%s: %.0f GFLOP/s\n", name, threads, threads > 1 ? "s" : "", best);
}

int main(void)
{
    __builtin_cpu_init();
    for (int threads = 1; threads <= 2; threads++) {
        if (__builtin_cpu_supports("avx512f")) measure("AVX-512", avx512, 16, threads);
        if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) measure("AVX2", avx2, 8, threads);
    }
    return 0;
}
