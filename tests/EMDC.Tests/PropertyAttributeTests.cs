using FsCheck.Xunit;

namespace EMDC.Tests;

public sealed class PropertyAttributeTests
{
    private static int _calls;

    [Property(MaxTest = 40)]
    public bool Draws_its_parameters(int a, int b) => a + b == b + a && ++_calls > 0;
}
