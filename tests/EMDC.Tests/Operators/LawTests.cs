namespace EMDC.Tests.Operators;

/// <summary>The laws on every width of the CPU backend; one thread, as more are tested to give the same bits.</summary>
public sealed class LawTests() : Laws(Backends.OneThread);
