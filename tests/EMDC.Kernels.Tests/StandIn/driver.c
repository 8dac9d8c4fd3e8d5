// A stand-in for NVIDIA's driver: memory is the host's, kernels do nothing, and every call that matters to a frame is written down in
// order, so that tests can count and order what the host code asks of a card, and choose a call that fails.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned long long ptr;
static char calls[1 << 20];
static char failing[64];
static int used, handles = 1, capturing, threads = 1024;

static int did(const char *call)
{
    char name[64];
    snprintf(name, sizeof name, "%s%s", call, capturing && !strcmp(call, "launch") ? " captured" : "");
    used += snprintf(calls + used, sizeof calls - used, "%s\n", name);
    return strcmp(failing, name) ? 0 : 999;
}

const char *standin_calls(void) { return calls; }
void standin_forget(void) { used = 0; calls[0] = 0; }
void standin_fail(const char *call) { snprintf(failing, sizeof failing, "%s", call); }
void standin_threads(int most) { threads = most; }

int cuInit(unsigned flags) { return 0; }
int cuDriverGetVersion(int *version) { *version = 12040; return 0; }
int cuDeviceGetCount(int *count) { *count = 1; return 0; }
int cuDeviceGet(int *device, int ordinal) { *device = ordinal; return 0; }
int cuDeviceGetName(char *name, int length, int device) { snprintf(name, length, "Stand-in"); return 0; }
int cuDeviceTotalMem_v2(size_t *bytes, int device) { *bytes = (size_t)8 << 30; return 0; }
int cuDeviceGetAttribute(int *value, int attribute, int device)
{
    switch (attribute)
    {
        case 1: case 2: case 3: *value = 1024; break;           // threads of a group, and along x and y
        case 4: *value = 64; break;
        case 5: *value = 2147483647; break;                      // grid
        case 6: case 7: *value = 65535; break;
        case 8: case 81: case 97: *value = 49152; break;         // shared memory
        case 10: *value = 32; break;                             // warp
        case 12: case 82: *value = 65536; break;                 // registers
        case 16: *value = 132; break;                            // multiprocessors
        case 39: *value = 2048; break;
        case 75: *value = 8; break;                              // compute capability
        case 76: *value = 0; break;
        default: *value = 1; break;
    }
    return 0;
}
int cuDeviceCanAccessPeer(int *can, int device, int peer) { *can = 0; return 0; }
int cuDeviceGetP2PAttribute(int *value, int attribute, int device, int peer) { *value = 0; return 0; }
int cuCtxCreate_v2(ptr *context, unsigned flags, int device) { *context = handles++; return 0; }
int cuCtxDestroy_v2(ptr context) { return 0; }
int cuCtxSetCurrent(ptr context) { return 0; }
int cuCtxSynchronize(void) { return did("synchronize all"); }
int cuCtxGetCacheConfig(int *config) { *config = 0; return 0; }
int cuCtxSetCacheConfig(int config) { return 0; }
int cuCtxGetSharedMemConfig(int *config) { *config = 0; return 0; }
int cuCtxSetSharedMemConfig(int config) { return 0; }
int cuCtxEnablePeerAccess(ptr context, unsigned flags) { return 0; }
int cuCtxDisablePeerAccess(ptr context) { return 0; }
int cuMemGetInfo_v2(size_t *available, size_t *total) { *available = *total = (size_t)8 << 30; return 0; }
int cuMemAlloc_v2(ptr *memory, size_t bytes) { *memory = (ptr)aligned_alloc(256, (bytes + 255) / 256 * 256); return *memory ? 0 : 2; }
int cuMemFree_v2(ptr memory) { free((void *)memory); return did("free"); }
int cuMemAllocHost_v2(ptr *memory, size_t bytes)
{
    int error = did("pin");
    *memory = error ? 0 : (ptr)aligned_alloc(256, (bytes + 255) / 256 * 256);
    return error;
}
int cuMemFreeHost(ptr memory) { free((void *)memory); return 0; }
int cuMemHostRegister_v2(ptr memory, size_t bytes, unsigned flags) { return did("pin"); }
int cuMemHostUnregister(ptr memory) { return 0; }
int cuMemHostGetDevicePointer_v2(ptr *device, ptr host, unsigned flags) { *device = host; return 0; }
int cuMemcpyAsync(ptr to, ptr from, size_t bytes, ptr stream) { memcpy((void *)to, (void *)from, bytes); return did("copy"); }
int cuMemsetD8Async(ptr memory, unsigned char value, size_t bytes, ptr stream) { memset((void *)memory, value, bytes); return did("fill"); }
int cuModuleLoadData(ptr *module, const void *image) { *module = handles++; return did("module"); }
int cuModuleLoadDataEx(ptr *module, const void *image, unsigned count, void *options, void *values) { *module = handles++; return did("module"); }
int cuModuleUnload(ptr module) { return 0; }
int cuModuleGetFunction(ptr *function, ptr module, const char *name) { *function = handles++; return 0; }
int cuFuncGetAttribute(int *value, int attribute, ptr function) { *value = threads; return 0; }
int cuLaunchKernel(ptr function, unsigned gx, unsigned gy, unsigned gz, unsigned tx, unsigned ty, unsigned tz, unsigned shared, ptr stream, void **arguments, void **extra)
{
    return stream ? did("launch") : did("launch on the null stream");
}
int cuStreamCreate(ptr *stream, unsigned flags) { *stream = handles++; return 0; }
int cuStreamCreateWithPriority(ptr *stream, unsigned flags, int priority) { *stream = handles++; return 0; }
int cuStreamDestroy_v2(ptr stream) { return 0; }
int cuStreamSynchronize(ptr stream) { return did("wait"); }
int cuEventCreate(ptr *event, unsigned flags) { *event = handles++; return 0; }
int cuEventDestroy_v2(ptr event) { return 0; }
int cuEventRecord(ptr event, ptr stream) { return 0; }
int cuEventQuery(ptr event) { return 0; }
int cuEventSynchronize(ptr event) { return 0; }
int cuEventElapsedTime(float *milliseconds, ptr start, ptr end) { *milliseconds = 0; return 0; }
int cuOccupancyMaxActiveBlocksPerMultiprocessor(int *blocks, ptr function, int threads, size_t shared) { *blocks = 1; return 0; }
int cuOccupancyMaxPotentialBlockSize(int *grid, int *block, ptr function, ptr shared, size_t bytes, int limit) { *grid = *block = 1; return 0; }
int cuPointerGetAttribute(void *value, int attribute, ptr pointer) { return 0; }
int cuGetErrorString(int error, const char **text) { *text = error == 2 ? "out of memory" : "the stand-in was told to fail"; return 0; }

int cuStreamBeginCapture_v2(ptr stream, int mode) { int error = did(mode == 1 ? "begin capture" : "begin capture in another mode"); capturing = !error; return error; }
int cuStreamEndCapture(ptr stream, ptr *graph) { capturing = 0; *graph = handles++; return did("end capture"); }
int cuGraphInstantiateWithFlags(ptr *executable, ptr graph, unsigned long long flags) { *executable = handles++; return did("instantiate"); }
int cuGraphLaunch(ptr executable, ptr stream) { return did("replay"); }
int cuGraphExecDestroy(ptr executable) { return did("destroy executable"); }
int cuGraphDestroy(ptr graph) { return did("destroy graph"); }
