using System.Runtime.InteropServices;
using System.Text;

namespace EMDC.Native;

/// <summary>The sentence of this thread's last failing call, in memory that stays where it is until the next one.</summary>
internal sealed unsafe class LastError
{
    // Long enough for any sentence of ours, paths included; a longer one is cut.
    private const int Capacity = 4096;

    [ThreadStatic]
    private static LastError? _ofThread;

    private readonly byte* _text = (byte*)NativeMemory.AllocZeroed(Capacity);

    // A thread that ends leaves nothing behind.
    ~LastError() => NativeMemory.Free(_text);

    /// <summary>Zero-terminated UTF-8.</summary>
    public static byte* Text => (_ofThread ??= new LastError())._text;

    public static void Set(string sentence) => Utf8.Write(sentence, Text, Capacity);
}

/// <summary>Texts in the caller's memory.</summary>
internal static unsafe class Utf8
{
    /// <summary>Writes as much as fits, whole characters only, and the closing 0. Returns the bytes that all of it needs.</summary>
    public static nuint Write(string text, byte* to, nuint capacity)
    {
        if (capacity > 0)
        {
            var room = new Span<byte>(to, (int)Math.Min(capacity - 1, int.MaxValue - 1));
            System.Text.Unicode.Utf8.FromUtf16(text, room, out _, out int written);
            to[written] = 0;
        }

        return (nuint)Encoding.UTF8.GetByteCount(text) + 1;
    }

    /// <summary>The caller's zero-terminated text.</summary>
    public static string Read(byte* text, string name) => text is null
        ? throw new CallException(Status.BadCall, $"{name} is NULL, but a text is needed.")
        : Marshal.PtrToStringUTF8((nint)text)!;
}
