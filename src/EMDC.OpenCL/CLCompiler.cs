using System.Text;

namespace EMDC.OpenCL;

/// <summary>Makes programs of source: by the driver's compiler, or out of the cache where the same source was compiled before.</summary>
internal sealed unsafe class CLCompiler(nint context, CLDevice device, ProgramCache cache)
{
    // Multiply-adds may be fused, which the kernels are written for; no other liberty is given.
    internal const string Options = "-cl-std=CL1.2 -cl-mad-enable";

    /// <summary>How many programs were compiled from source.</summary>
    public int Compiled { get; private set; }

    /// <summary>How many came out of the cache.</summary>
    public int Loaded { get; private set; }

    /// <summary>A cl_program that is built.</summary>
    public nint Program(string kernel, string source)
    {
        using var signals = new HostSignals();
        string[] key = [device.Name, device.VersionText, device.DriverVersion, device.PlatformVersion, Options, source];
        if (cache.Read(key) is { } binary && FromBinary(kernel, binary) is var loaded and not 0)
        {
            Loaded++;
            return loaded;
        }

        nint program = FromSource(kernel, source);
        Compiled++;
        cache.Write(Binary(program), key);
        return program;
    }

    private nint FromSource(string kernel, string source)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(source);
        int error;
        nint program, id = device.Id;
        fixed (byte* text = utf8)
        {
            byte* first = text;
            nuint length = (nuint)utf8.Length;
            program = CL.clCreateProgramWithSource(context, 1, &first, &length, &error);
        }

        OpenCLException.ThrowIf(error, device.Name, $"the source of {kernel}");

        // Compilers made of LLVM, such as PoCL's, remove their temporary files if just then a thread of the program divides by zero
        // or follows a null reference (see HostSignals); a second attempt finds them whole.
        error = CL.clBuildProgram(program, 1, &id, Options, 0, 0);
        if (error == CL.BuildProgramFailure)
        {
            error = CL.clBuildProgram(program, 1, &id, Options, 0, 0);
        }

        if (error == 0)
        {
            return program;
        }

        string log = Log(program);
        CL.clReleaseProgram(program);
        throw new OpenCLException(error == CL.BuildProgramFailure || log.Length > 0
            ? BuildLog.Explain(kernel, device.Name, source, log)
            : $"OpenCL refused to compile {kernel} on {device.Name}: {CLErrors.Name(error)}.");
    }

    /// <summary>0 where the driver does not take its own binary back, as after an update that its version did not show.</summary>
    private nint FromBinary(string kernel, byte[] binary)
    {
        int error, status;
        nint program, made = 0, id = device.Id;
        fixed (byte* bytes = binary)
        {
            byte* first = bytes;
            nuint length = (nuint)binary.Length;
            program = CL.clCreateProgramWithBinary(context, 1, &id, &length, &first, &status, &error);
        }

        if (error != 0)
        {
            return 0;
        }

        if (status == 0 && CL.clBuildProgram(program, 1, &id, Options, 0, 0) == 0)
        {
            made = CL.clCreateKernel(program, kernel, &error);
        }

        if (made == 0 || error != 0)
        {
            CL.clReleaseProgram(program);
            return 0;
        }

        CL.clReleaseKernel(made);
        return program;
    }

    /// <summary>Empty where the driver gives none.</summary>
    private static byte[] Binary(nint program)
    {
        nuint size = 0;
        if (CL.clGetProgramInfo(program, CL.Program.BinarySizes, (nuint)sizeof(nuint), &size, null) != 0 || size > int.MaxValue)
        {
            return [];
        }

        byte[] binary = new byte[size];
        fixed (byte* bytes = binary)
        {
            byte* first = bytes;
            return CL.clGetProgramInfo(program, CL.Program.Binaries, (nuint)sizeof(byte*), &first, null) == 0 ? binary : [];
        }
    }

    private string Log(nint program)
    {
        nuint size = 0;
        if (CL.clGetProgramBuildInfo(program, device.Id, CL.Program.BuildLog, 0, null, &size) != 0)
        {
            return "";
        }

        byte[] log = new byte[size];
        fixed (byte* first = log)
        {
            return CL.clGetProgramBuildInfo(program, device.Id, CL.Program.BuildLog, size, first, null) == 0 ? CLInfo.Text(log) : "";
        }
    }
}
