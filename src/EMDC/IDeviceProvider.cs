using EMDC.Operators;

namespace EMDC;

/// <summary>Brings devices other than the CPU to the engine, which itself knows none.</summary>
public interface IDeviceProvider
{
    /// <summary>The devices present.</summary>
    IReadOnlyList<DeviceInfo> Devices { get; }

    /// <summary>The device that <c>auto</c> should take instead of the CPU; null where none is worth it.</summary>
    string? Preferred { get; }

    /// <summary>Opens one of <see cref="Devices"/>.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="validate">Whether every frame runs on the CPU as well and is compared, as <see cref="EmdcOptions.Validate"/> says.</param>
    /// <param name="keepTensors">Whether released tensors keep their memory, for tests and tools.</param>
    /// <exception cref="EmdcException">The device is there but does not serve.</exception>
    IBackend Open(string name, bool validate = false, bool keepTensors = false);
}
