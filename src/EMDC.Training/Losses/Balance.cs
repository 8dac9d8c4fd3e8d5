namespace EMDC.Training.Losses;

/// <summary>
/// The λ of the paper: each term is made as large as the first (the gradient loss 0.7 of it), so that no branch is forgotten when another
/// one is easy.
/// <code>
/// λ1 = L1(dense)/L1(global)     λ2 = L1(dense)/L1(local)     λ3 = 0.7·L1(dense)/Lcgd(dense)
/// </code>
/// The paper takes them from the batch itself. Here they come from running means over the batches before it: the samples of a batch go
/// forwards and backwards one by one, and a batch of a few samples would make them noisy.
/// </summary>
internal sealed class Balance
{
    private const double Keep = 0.95;

    /// <summary>Running means; all 1 before the first batch.</summary>
    public Terms Means { get; set; } = new(1, 1, 1, 1, 0, 0, 0);

    public long Batches { get; set; }

    public Shares Shares => Of(Means);

    public static Shares Of(in Terms terms) => new(
        terms.Dense / Math.Max(terms.Global, 1e-12), terms.Dense / Math.Max(terms.Local, 1e-12), 0.7 * terms.Dense / Math.Max(terms.Gradient, 1e-12));

    /// <summary>Takes the means of a batch in; the first batches weigh more, so that the start is soon forgotten.</summary>
    public void Add(in Terms batch)
    {
        double keep = Math.Min(Keep, Batches / (Batches + 1.0));
        Means = (keep * Means) + ((1 - keep) * batch);
        Batches++;
    }
}
