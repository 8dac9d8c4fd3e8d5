namespace EMDC;

/// <summary>A device and what it is.</summary>
/// <param name="Name">The name that <c>--device</c> takes.</param>
/// <param name="Description">What it is, in words.</param>
public sealed record DeviceInfo(string Name, string Description);
