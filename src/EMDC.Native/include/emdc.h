/*
 * emdc.h: dense depth for every pixel from one RGB frame and about a thousand depth spots.
 *
 *     emdc_engine *engine;
 *     if (emdc_open(EMDC_ABI, "emdc.safetensors", NULL, &engine) != EMDC_OK) {
 *         fprintf(stderr, "%s\n", emdc_last_error());
 *         return 1;
 *     }
 *     emdc_frame frame = {0};
 *     frame.size = sizeof frame;
 *     frame.width = 256; frame.height = 192;
 *     frame.rgb = camera;  frame.rgb_format = EMDC_RGB;
 *     frame.depth = spots; frame.depth_format = EMDC_METRES;
 *     emdc_maps maps = {0};
 *     maps.size = sizeof maps;
 *     maps.dense = dense;
 *     if (emdc_complete(engine, &frame, &maps, NULL) != EMDC_OK) ...
 *     emdc_close(engine);
 *
 * The library has no dependencies but the C library and needs no runtime.
 *
 * Errors. Every call that can fail returns an emdc_status; emdc_last_error() is then one English sentence with the values that
 * disagree. No call ends the process or throws. NULL, wrong sizes, closed engines and structs of another version are refused.
 *
 * Threads. Any function may be called from any thread. Calls on one engine wait for each other, emdc_close included; engines do
 * not know each other. emdc_last_error() belongs to the thread that calls it.
 *
 * Memory. All images are yours; the library keeps no pointer to them after a call has returned, emdc_submit() included. The first
 * frame of a size allocates what the size needs (about 1.1 GB a megapixel), later frames of that size allocate nothing.
 *
 * Structs begin with their size, so that a program that was built with an older header goes on working with a newer library:
 * set every struct to zero, then `size` to its sizeof.
 */
#ifndef EMDC_H
#define EMDC_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Hand it to emdc_open(): a library of another ABI refuses it in one sentence instead of misreading your structs. */
#define EMDC_ABI 1

typedef enum emdc_status {
    EMDC_OK = 0,
    EMDC_BAD_CALL = 1,          /* NULL, a size, a format, a closed engine, another ABI: the program is wrong */
    EMDC_FAILED = 2,            /* weights, a device or the machine's memory failed: the world is wrong */
    EMDC_NOTHING_MEASURED = 3,  /* the frame has no depth above 0 and up to max_depth: skip it and go on */
    EMDC_BUSY = 4,              /* two frames are submitted already, or none is there to collect */
    EMDC_INTERNAL = 5           /* a fault of the library; please report its sentence */
} emdc_status;

/* An engine: weights on a device. Not a pointer to anything. */
typedef struct emdc_engine emdc_engine;

typedef struct emdc_options {
    uint32_t size;         /* sizeof(emdc_options) */
    int32_t threads;       /* of the CPU, the caller's included; 0: one for each processor */
    const char *device;    /* NULL or "cpu"; "opencl:0" and the like as emdc_devices() lists them; "auto": a GPU, else the CPU */
    float max_depth;       /* metres; depth above it counts as not measured; 0: 20 m */
    int32_t keep_measured; /* not 0: measurements are written over the estimate in `dense` */
    int32_t raw;           /* not 0: the bare network, its result as it is, even below 0 */
    float scale;           /* the size that the network works at as a part of the frame's, at most 1; 0: as the spots allow */
    int32_t registered;    /* not 0: where the colours lie to the depth is known, as follows; 0: it is searched for in every frame */
    int32_t shift_down;    /* what the depth has at (y, x) is at (y + shift_down, x + shift_right) of the colours, pixels */
    int32_t shift_right;
    int32_t reserved;      /* 0 */
} emdc_options;

typedef enum emdc_rgb_format { EMDC_RGB = 0, EMDC_BGR = 1, EMDC_RGBA = 2, EMDC_BGRA = 3 } emdc_rgb_format;

typedef enum emdc_depth_format {
    EMDC_METRES = 0, /* float; 0, NaN, infinite or negative: not measured */
    EMDC_UINT16 = 1  /* uint16_t, times depth_unit metres; 0: not measured */
} emdc_depth_format;

/* One frame: colour and depth of one size, registered pixel on pixel; 8x8 to 16384x16384. */
typedef struct emdc_frame {
    uint32_t size;        /* sizeof(emdc_frame) */
    int32_t width;        /* pixels */
    int32_t height;
    int32_t rgb_format;   /* emdc_rgb_format, 8 bits a channel; alpha is ignored */
    const void *rgb;
    ptrdiff_t rgb_stride; /* bytes from one row to the next, also negative; 0: rows follow each other */
    const void *depth;
    ptrdiff_t depth_stride;
    int32_t depth_format; /* emdc_depth_format */
    float depth_unit;     /* metres of one step of EMDC_UINT16; 0: 0.001 */
} emdc_frame;

/* Where results go: height x width floats each; NULL: not wanted. */
typedef struct emdc_maps {
    uint32_t size;      /* sizeof(emdc_maps) */
    uint32_t reserved;  /* 0 */
    ptrdiff_t stride;   /* bytes from one row to the next, the same for all maps; 0: rows follow each other */
    float *dense;       /* the result, metres */
    float *global;      /* the global branch's depth, metres */
    float *local;       /* the local branch's depth, metres */
    float *confidence;  /* the confidence in the local branch */
    float *uncertainty; /* a standard deviation of `dense`, metres; NULL with weights that have no coefficients for it */
} emdc_maps;

typedef struct emdc_result {
    uint32_t size;     /* sizeof(emdc_result) */
    int32_t measured;  /* measured pixels of the frame */
    int32_t used;      /* those that the network was given; where they stand close, some of them */
    int32_t bounded;   /* pixels of `dense` that would have been at 0 or behind the camera and were set to the least depth */
    int32_t width;     /* the size that the network worked at */
    int32_t height;
    int32_t shift_down; /* where the colours lay to the depth, as emdc_options has it; 0 with `raw` */
    int32_t shift_right;
} emdc_result;

/* Loads weights (a .safetensors file, path in UTF-8) and opens a device. `options` may be NULL. */
emdc_status emdc_open(int32_t abi, const char *weights, const emdc_options *options, emdc_engine **engine);

/* The same from memory, which may be freed afterwards. */
emdc_status emdc_open_memory(int32_t abi, const void *weights, size_t bytes, const emdc_options *options, emdc_engine **engine);

/* Allocates and touches now what the first frame of this size would. */
emdc_status emdc_warm_up(emdc_engine *engine, int32_t width, int32_t height);

/* Completes a frame. `result` may be NULL. */
emdc_status emdc_complete(emdc_engine *engine, const emdc_frame *frame, const emdc_maps *maps, emdc_result *result);

/*
 * Two frames under way: a GPU copies one while it computes the other. Submit hands a frame over and returns, its images are then
 * free for the next; collect waits for the oldest one and writes its maps. On the CPU collect does the work. At most two frames are
 * submitted and not yet collected: the third gets EMDC_BUSY. They must be of one size.
 */
emdc_status emdc_submit(emdc_engine *engine, const emdc_frame *frame);
emdc_status emdc_collect(emdc_engine *engine, const emdc_maps *maps, emdc_result *result);

/* Ends an engine after the call that it is in. NULL is allowed; an engine that is closed already is refused. */
emdc_status emdc_close(emdc_engine *engine);

/*
 * Texts. They write at most `capacity` bytes to `text`, the closing 0 included, and the bytes that the whole text needs to
 * `*needed` (if it is not NULL): a text that does not fit is cut and EMDC_BAD_CALL. `text` may be NULL where `capacity` is 0.
 */

/* A line for each device: its name, a tab, what it is. */
emdc_status emdc_devices(char *text, size_t capacity, size_t *needed);

/* Runs a frame `runs` times and tells the time of each operator of the network as JSON. */
emdc_status emdc_profile(emdc_engine *engine, const emdc_frame *frame, int32_t runs, char *text, size_t capacity, size_t *needed);

/* Why the last call on this thread that failed did; "" before any has. Valid until this thread's next failing call. */
const char *emdc_last_error(void);

/* The version, such as "0.1.0". */
const char *emdc_version(void);

#ifdef __cplusplus
}
#endif
#endif
