namespace EMDC.Native;

/// <summary>
/// The open engines. What the caller holds is a number that is never used twice, not an address: an engine that was closed, or a
/// pointer that never was one, is found out instead of followed.
/// </summary>
internal static class Engines
{
    private static readonly Dictionary<nint, Engine> _open = [];

    // Odd, and far from small integers and addresses, so that neither is taken for an engine.
    private static nint _last = 0x454D_4443;

    public static nint Add(Engine engine)
    {
        lock (_open)
        {
            _last += 2;
            _open.Add(_last, engine);
            return _last;
        }
    }

    public static Engine Find(nint handle)
    {
        lock (_open)
        {
            return _open.TryGetValue(handle, out Engine? engine) ? engine : throw Unknown(handle);
        }
    }

    public static Engine Remove(nint handle)
    {
        lock (_open)
        {
            return _open.Remove(handle, out Engine? engine) ? engine : throw Unknown(handle);
        }
    }

    private static CallException Unknown(nint handle) => new(Status.BadCall, handle == 0
        ? "engine is NULL, but an engine from emdc_open is needed."
        : "engine is closed already, or never was one.");
}
