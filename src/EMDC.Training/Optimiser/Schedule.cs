namespace EMDC.Training.Optimiser;

/// <summary>
/// The learning rate over a run, whose length is in minutes or steps, all its parts together:
/// <code>
/// rate = peak · min(1, (steps + 1)/warm-up) · fall
/// fall = 1 until the last cool-down begins, then half a cosine from 1 to 0.01
/// </code>
/// With a cool-down as long as the run it is the paper's schedule. A run without one can be made longer at any time, and is ended well by
/// a last part that is all cool-down.
/// </summary>
/// <param name="Peak">The largest rate.</param>
/// <param name="Length">Of the run.</param>
/// <param name="WarmUp">Steps from the start of the run in which it rises: AdamW's v must know the gradients' size before large steps
/// are taken, and that is a matter of batches, not of minutes.</param>
/// <param name="CoolDown">At the end of the run.</param>
internal sealed record Schedule(double Peak, double Length, int WarmUp, double CoolDown)
{
    // AdamW's steps keep their size when the gradients shrink, so the rate must all but vanish; at 0 time would be lost.
    private const double Last = 0.01;

    /// <param name="steps">Done so far.</param>
    /// <param name="passed">Minutes or steps, as the length.</param>
    public float At(long steps, double passed)
    {
        double rise = steps < WarmUp ? (steps + 1.0) / WarmUp : 1;
        double cooled = CoolDown > 0 ? Math.Clamp((passed - (Length - CoolDown)) / CoolDown, 0, 1) : 0;
        return (float)(Peak * rise * (Last + ((1 - Last) * 0.5 * (1 + Math.Cos(Math.PI * cooled)))));
    }
}
