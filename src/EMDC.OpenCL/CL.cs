using System.Runtime.InteropServices;

namespace EMDC.OpenCL;

/// <summary>The functions of OpenCL 1.2 that are used here, under their own names; <see cref="CLLibrary"/> finds the library.</summary>
internal static unsafe partial class CL
{
    public const int PlatformNotFound = -1001;
    public const int DeviceNotFound = -1;
    public const int BuildProgramFailure = -11;

    public const ulong DeviceTypeAll = 0xFFFFFFFF;
    public const nint ContextPlatform = 0x1084;
    public const ulong MemReadWrite = 1 << 0;
    public const ulong MemAllocHostPtr = 1 << 4;
    public const ulong MapReadWrite = 1 << 0 | 1 << 1;
    public const uint LocalMemoryIsReal = 1;

    /// <summary>cl_platform_info.</summary>
    public enum Platform : uint
    {
        Version = 0x0901,
        Name = 0x0902,
    }

    /// <summary>cl_device_info.</summary>
    public enum Device : uint
    {
        Type = 0x1000,
        MaxComputeUnits = 0x1002,
        MaxWorkGroupSize = 0x1004,
        MaxWorkItemSizes = 0x1005,
        MaxMemAllocSize = 0x1010,
        GlobalMemSize = 0x101F,
        LocalMemType = 0x1022,
        LocalMemSize = 0x1023,
        Available = 0x1027,
        CompilerAvailable = 0x1028,
        Name = 0x102B,
        DriverVersion = 0x102D,
        Version = 0x102F,
    }

    /// <summary>cl_program_info and cl_program_build_info.</summary>
    public enum Program : uint
    {
        BinarySizes = 0x1165,
        Binaries = 0x1166,
        BuildLog = 0x1183,
    }

    /// <summary>cl_kernel_work_group_info.</summary>
    public enum Kernel : uint
    {
        WorkGroupSize = 0x11B0,
        LocalMemSize = 0x11B2,
    }

    [LibraryImport(CLLibrary.Name)]
    public static partial int clGetPlatformIDs(uint entries, nint* platforms, uint* count);

    [LibraryImport(CLLibrary.Name)]
    public static partial int clGetPlatformInfo(nint platform, Platform name, nuint size, void* value, nuint* sizeNeeded);

    [LibraryImport(CLLibrary.Name)]
    public static partial int clGetDeviceIDs(nint platform, ulong type, uint entries, nint* devices, uint* count);

    [LibraryImport(CLLibrary.Name)]
    public static partial int clGetDeviceInfo(nint device, Device name, nuint size, void* value, nuint* sizeNeeded);

    [LibraryImport(CLLibrary.Name)]
    public static partial nint clCreateContext(nint* properties, uint count, nint* devices, nint notify, nint data, int* error);

    [LibraryImport(CLLibrary.Name)]
    public static partial int clReleaseContext(nint context);

    [LibraryImport(CLLibrary.Name)]
    public static partial nint clCreateCommandQueue(nint context, nint device, ulong properties, int* error);

    [LibraryImport(CLLibrary.Name)]
    public static partial int clReleaseCommandQueue(nint queue);

    [LibraryImport(CLLibrary.Name)]
    public static partial int clFlush(nint queue);

    [LibraryImport(CLLibrary.Name)]
    public static partial int clFinish(nint queue);

    [LibraryImport(CLLibrary.Name)]
    public static partial nint clCreateBuffer(nint context, ulong flags, nuint size, void* host, int* error);

    [LibraryImport(CLLibrary.Name)]
    public static partial int clReleaseMemObject(nint memory);

    [LibraryImport(CLLibrary.Name)]
    public static partial int clEnqueueReadBuffer(
        nint queue, nint buffer, uint blocking, nuint offset, nuint size, void* target, uint waits, nint* waitList, nint* done);

    [LibraryImport(CLLibrary.Name)]
    public static partial int clEnqueueWriteBuffer(
        nint queue, nint buffer, uint blocking, nuint offset, nuint size, void* source, uint waits, nint* waitList, nint* done);

    [LibraryImport(CLLibrary.Name)]
    public static partial int clEnqueueFillBuffer(
        nint queue, nint buffer, void* pattern, nuint patternSize, nuint offset, nuint size, uint waits, nint* waitList, nint* done);

    [LibraryImport(CLLibrary.Name)]
    public static partial void* clEnqueueMapBuffer(
        nint queue, nint buffer, uint blocking, ulong flags, nuint offset, nuint size, uint waits, nint* waitList, nint* done, int* error);

    [LibraryImport(CLLibrary.Name)]
    public static partial int clEnqueueUnmapMemObject(nint queue, nint memory, void* mapped, uint waits, nint* waitList, nint* done);

    [LibraryImport(CLLibrary.Name)]
    public static partial nint clCreateProgramWithSource(nint context, uint count, byte** texts, nuint* lengths, int* error);

    [LibraryImport(CLLibrary.Name)]
    public static partial nint clCreateProgramWithBinary(
        nint context, uint count, nint* devices, nuint* lengths, byte** binaries, int* status, int* error);

    [LibraryImport(CLLibrary.Name, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int clBuildProgram(nint program, uint count, nint* devices, string options, nint notify, nint data);

    [LibraryImport(CLLibrary.Name)]
    public static partial int clGetProgramBuildInfo(nint program, nint device, Program name, nuint size, void* value, nuint* sizeNeeded);

    [LibraryImport(CLLibrary.Name)]
    public static partial int clGetProgramInfo(nint program, Program name, nuint size, void* value, nuint* sizeNeeded);

    [LibraryImport(CLLibrary.Name)]
    public static partial int clReleaseProgram(nint program);

    [LibraryImport(CLLibrary.Name, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint clCreateKernel(nint program, string name, int* error);

    [LibraryImport(CLLibrary.Name)]
    public static partial int clSetKernelArg(nint kernel, uint index, nuint size, void* value);

    [LibraryImport(CLLibrary.Name)]
    public static partial int clGetKernelWorkGroupInfo(nint kernel, nint device, Kernel name, nuint size, void* value, nuint* sizeNeeded);

    [LibraryImport(CLLibrary.Name)]
    public static partial int clReleaseKernel(nint kernel);

    [LibraryImport(CLLibrary.Name)]
    public static partial int clEnqueueNDRangeKernel(
        nint queue, nint kernel, uint dimensions, nuint* offset, nuint* global, nuint* local, uint waits, nint* waitList, nint* done);
}
