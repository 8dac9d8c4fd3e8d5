/*
 * Completes one frame: complete WEIGHTS RGB.ppm DEPTH.pgm OUT.pfm [RUNS]
 *
 *     cc -O2 complete.c -o complete $(pkg-config --cflags --libs emdc)
 *
 * RGB is a binary PPM of 8 bits, DEPTH a binary PGM of 16 bits in millimetres (0: not measured), OUT a PFM in metres. RUNS repeats the
 * frame, as a camera would, and prints the mean time and how the process's memory grew after the first.
 */
#include <emdc.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct image {
    int width, height, most;
    unsigned char *bytes;
} image;

static int fail(const char *what, const char *why) {
    fprintf(stderr, "%s: %s\n", what, why);
    return 1;
}

/* P5 or P6 with `channels` values a pixel of `size` bytes each. */
static int read_pnm(const char *path, char kind, int channels, int size, image *to) {
    FILE *file = fopen(path, "rb");
    if (!file) return fail(path, "cannot be opened");
    char found = 0;
    int fields = fscanf(file, "P%c %d %d %d", &found, &to->width, &to->height, &to->most);
    int known = fields == 4 && found == kind && to->width > 0 && to->height > 0 && to->width <= 16384 && to->height <= 16384 &&
                (to->most > 255 ? 2 : 1) == size && fgetc(file) != EOF;
    size_t bytes = known ? (size_t)to->width * (size_t)to->height * (size_t)channels * (size_t)size : 0;
    to->bytes = known ? malloc(bytes) : NULL;
    int whole = to->bytes && fread(to->bytes, 1, bytes, file) == bytes;
    fclose(file);
    return whole ? 0 : fail(path, kind == '6' ? "is not a whole binary PPM of 8 bits" : "is not a whole binary PGM of 16 bits");
}

/* PFM: rows from bottom to top, -1.0 means little-endian. */
static int write_pfm(const char *path, const float *depth, int width, int height) {
    FILE *file = fopen(path, "wb");
    if (!file) return fail(path, "cannot be written");
    int good = fprintf(file, "Pf\n%d %d\n-1.0\n", width, height) > 0;
    for (int row = height - 1; row >= 0; row--)
        good &= fwrite(depth + (size_t)row * (size_t)width, sizeof *depth, (size_t)width, file) == (size_t)width;
    good &= fclose(file) == 0;
    return good ? 0 : fail(path, "could not be written to the end");
}

static double now(void) {
    struct timespec t;
    timespec_get(&t, TIME_UTC);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Resident memory in KiB, 0 where there is no /proc. */
static long resident(void) {
    FILE *file = fopen("/proc/self/status", "r");
    char line[256];
    long found = 0;
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, "VmRSS:", 6) == 0) found = atol(line + 6);
    if (file) fclose(file);
    return found;
}

int main(int count, char **args) {
    if (count != 5 && count != 6) return fail("usage", "complete WEIGHTS RGB.ppm DEPTH.pgm OUT.pfm [RUNS]");
    image rgb, depth;
    if (read_pnm(args[2], '6', 3, 1, &rgb) || read_pnm(args[3], '5', 1, 2, &depth)) return 1;
    if (rgb.width != depth.width || rgb.height != depth.height) return fail(args[3], "is not of the colour image's size");

    /* PGM is big-endian, processors mostly are not. */
    size_t pixels = (size_t)rgb.width * (size_t)rgb.height;
    uint16_t *millimetres = malloc(pixels * sizeof *millimetres);
    float *dense = malloc(pixels * sizeof *dense);
    if (!millimetres || !dense) return fail("memory", "there is not enough");
    for (size_t i = 0; i < pixels; i++) millimetres[i] = (uint16_t)(depth.bytes[2 * i] << 8 | depth.bytes[2 * i + 1]);

    double start = now();
    emdc_engine *engine;
    if (emdc_open(EMDC_ABI, args[1], NULL, &engine) != EMDC_OK) return fail("emdc_open", emdc_last_error());
    double opened = now();

    emdc_frame frame = {0};
    frame.size = sizeof frame;
    frame.width = rgb.width;
    frame.height = rgb.height;
    frame.rgb = rgb.bytes;
    frame.rgb_format = EMDC_RGB;
    frame.depth = millimetres;
    frame.depth_format = EMDC_UINT16;
    emdc_maps maps = {0};
    maps.size = sizeof maps;
    maps.dense = dense;
    emdc_result result = {0};
    result.size = sizeof result;
    if (emdc_complete(engine, &frame, &maps, &result) != EMDC_OK) return fail("emdc_complete", emdc_last_error());
    double first = now();
    printf("emdc %s: %d spots, opened in %.0f ms, first frame after %.0f ms more\n", emdc_version(), (int)result.measured,
           (opened - start) * 1e3, (first - opened) * 1e3);

    int runs = count == 6 ? atoi(args[5]) : 0;
    long before = resident();
    for (int i = 0; i < runs; i++)
        if (emdc_complete(engine, &frame, &maps, NULL) != EMDC_OK) return fail("emdc_complete", emdc_last_error());
    if (runs > 0) printf("%d frames: %.2f ms each, %ld KiB of memory more\n", runs, (now() - first) * 1e3 / runs, resident() - before);

    emdc_close(engine);
    int failed = write_pfm(args[4], dense, rgb.width, rgb.height);
    free(rgb.bytes);
    free(depth.bytes);
    free(millimetres);
    free(dense);
    return failed;
}
