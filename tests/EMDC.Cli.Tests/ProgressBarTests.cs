namespace EMDC.Cli.Tests;

public sealed class ProgressBarTests
{
    [Fact]
    public void The_bar_fills_and_is_wiped()
    {
        using var terminal = new StringWriter();
        using (var bar = new ProgressBar(terminal, 4))
        {
            bar.Show(1);
            bar.Show(4);
        }

        Assert.Equal(
            "\r" + new string('#', 7) + new string('.', 23) + " 1/4\r" + new string('#', 30) + " 4/4\r" + new string(' ', 34) + "\r", terminal.ToString());
    }
}
