using EMDC.Training.Losses;

namespace EMDC.Training.Tests.Losses;

public sealed class BalanceTests
{
    [Fact]
    public void Each_term_is_made_as_large_as_the_first_and_the_gradient_loss_seven_tenths_of_it()
    {
        var terms = new Terms(0.2, 0.4, 0.1, 2, 0, 0, 0);
        Shares shares = Balance.Of(terms);
        Assert.Equal(3.7 * 0.2, terms.Total(shares, new ObjectiveOptions()), 12);
    }

    [Fact]
    public void The_first_batch_replaces_what_was_assumed_and_later_ones_are_averaged_in()
    {
        var balance = new Balance();
        balance.Add(new Terms(0.2, 0.4, 0.1, 2, 0, 0, 0));
        Assert.Equal(new Shares(0.5, 2, 0.07), balance.Shares with { Gradient = Math.Round(balance.Shares.Gradient, 12) });
        balance.Add(new Terms(0.4, 0.4, 0.1, 2, 0, 0, 0));
        Assert.Equal(0.3, balance.Means.Dense, 12);
    }
}
