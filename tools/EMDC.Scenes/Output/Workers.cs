namespace EMDC.Scenes.Output;

/// <summary>Frames on several threads.</summary>
internal static class Workers
{
    /// <summary>Does <paramref name="work"/> for 0…<paramref name="count"/> − 1; each thread has a maker of its own.</summary>
    /// <exception cref="OperationCanceledException">Interrupted.</exception>
    /// <exception cref="IOException">A file could not be written; frames that other threads had begun are finished before.</exception>
    public static void ForEach<T>(int count, int threads, Func<T> maker, Action<T, int> work, CancellationToken interrupt)
    {
        try
        {
            var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = interrupt };
            Parallel.For(0, count, options, maker, (i, state, own) =>
            {
                if (!state.ShouldExitCurrentIteration)
                {
                    work(own, i);
                }

                return own;
            }, _ => { });
        }
        catch (AggregateException error)
        {
            // Several threads usually fail for the same reason.
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error.Flatten().InnerExceptions[0]);
        }
    }
}
