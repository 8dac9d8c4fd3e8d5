namespace ILGPU.Runtime.Cuda;

/// <summary>A device reached through CUDA. Only ILGPU itself reaches them, so there are no instances.</summary>
public abstract class CudaDevice : Device
{
    private CudaDevice() { }
}

/// <summary>Finds CUDA devices.</summary>
public static class CudaContextExtensions
{
    public static Context.Builder Cuda(this Context.Builder builder) => builder;

    public static Context.Builder Cuda(this Context.Builder builder, Predicate<CudaDevice> predicate) => builder;

    public static CudaDevice GetCudaDevice(this Context context, int cudaDeviceIndex) =>
        context.GetDevice<CudaDevice>(cudaDeviceIndex);

    public static Context.DeviceCollection<CudaDevice> GetCudaDevices(this Context context) => context.GetDevices<CudaDevice>();
}
