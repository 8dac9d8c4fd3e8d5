namespace EMDC.Translate;

/// <summary>A kernel is outside of what OpenCL C can say; the one sentence names kernel, construct and place.</summary>
internal sealed class TranslationFault(string message) : Exception(message);
