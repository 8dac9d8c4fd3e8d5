namespace EMDC.Evaluation;

/// <summary>All metrics of one frame.</summary>
/// <param name="Rmae">See <see cref="Evaluation.Rmae"/>.</param>
/// <param name="Ewmae">See <see cref="Evaluation.Ewmae"/>; null where the truth has no edge.</param>
/// <param name="KnownEwmae">The same without the truth's holes; null where the truth has no edge.</param>
/// <param name="Rds">See <see cref="Evaluation.Rds"/>.</param>
/// <param name="Rmse">See <see cref="Evaluation.Rmse"/>, metres.</param>
/// <param name="Mae">See <see cref="Evaluation.Mae"/>, metres.</param>
/// <param name="Delta">See <see cref="Evaluation.Delta"/>, 0 … 1.</param>
public sealed record FrameErrors(double Rmae, double? Ewmae, double? KnownEwmae, double Rds, double Rmse, double Mae, double Delta);
