using EMDC.Training.Optimiser;

namespace EMDC.Training.Tests.Optimiser;

public sealed class ScheduleTests
{
    [Fact]
    public void The_rate_rises_stays_and_falls_along_a_cosine_at_the_end()
    {
        var schedule = new Schedule(Peak: 2, Length: 100, WarmUp: 10, CoolDown: 40);
        Assert.Equal(0.2f, schedule.At(steps: 0, passed: 0));
        Assert.Equal(1, schedule.At(4, 0), 1e-6);
        Assert.Equal(2, schedule.At(9, 1));
        Assert.Equal(2, schedule.At(900, 60));
        Assert.Equal(2 * (0.01 + (0.99 / 2)), schedule.At(900, 80), 1e-6);
        Assert.Equal(0.02, schedule.At(900, 100), 1e-6);
        Assert.Equal(0.02, schedule.At(900, 101), 1e-6);
    }

    [Fact]
    public void Without_cool_down_it_never_falls() => Assert.Equal(2, new Schedule(2, 100, 0, 0).At(0, 100));

    [Fact]
    public void A_run_made_longer_can_be_all_cool_down_from_where_it_stands()
    {
        var longer = new Schedule(2, 160, 10, 60);
        Assert.Equal(2, longer.At(900, 100));
        Assert.True(longer.At(900, 101) < 2);
    }
}
