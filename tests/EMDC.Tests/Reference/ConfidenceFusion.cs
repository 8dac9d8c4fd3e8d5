namespace EMDC.Tests.Reference;

/// <summary>c = sigmoid(logit) · rezero; y = local · c + global · (1 − c).</summary>
public static class ConfidenceFusion
{
    public static Tensor Confidence(Tensor logit, double rezero) => logit.Map(x => rezero / (1 + Math.Exp(-x)));

    public static Tensor Apply(Tensor local, Tensor global, Tensor confidence) =>
        local.Zip(confidence, (l, c) => l * c).Zip(global.Zip(confidence, (g, c) => g * (1 - c)), (l, g) => l + g);
}
