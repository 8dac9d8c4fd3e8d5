namespace EMDC.OpenCL;

/// <summary>OpenCL refused something; the one sentence says what, on which device, and OpenCL's reason.</summary>
public sealed class OpenCLException(string message) : Exception(message)
{
    /// <summary>Throws unless a call went well.</summary>
    /// <param name="error">What the call returned.</param>
    /// <param name="device">The device's name.</param>
    /// <param name="asked">What was asked for, so that "OpenCL refused … on …" is a sentence.</param>
    internal static void ThrowIf(int error, string device, string asked)
    {
        if (error != 0)
        {
            throw new OpenCLException($"OpenCL refused {asked} on {device}: {CLErrors.Name(error)}.");
        }
    }
}
