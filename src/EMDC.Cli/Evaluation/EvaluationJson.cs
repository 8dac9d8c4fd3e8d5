using System.Text.Json.Serialization;
using EMDC.Evaluation;

namespace EMDC.Cli.Evaluation;

/// <summary>What <c>evaluate --json</c> prints.</summary>
internal sealed record EvaluationJson(string Device, string Weights, EvaluationJson.Set[] Sets)
{
    public static EvaluationJson Of(string device, string weights, IReadOnlyList<SetResult> sets) => new(device, weights, [.. sets.Select(Of)]);

    private static Set Of(SetResult set) => new(
        set.Set.Name, set.Set.List, set.Set.Lines.Count, set.Methods[0].Summary().StaticScenes, Json.Measured(set.Spots), set.HasHoles, set.Shifted,
        [.. set.Methods.Select(method => Of(set, method))]);

    private static Method Of(SetResult set, MethodResult method)
    {
        bool isTimed = method.Milliseconds.Count > 0;
        return new Method(
            method.Name, method.Summary(), isTimed ? Json.Measured(Percentiles.Median(method.Milliseconds)) : null,
            isTimed ? Json.Measured(Percentiles.Rank(method.Milliseconds, 90)) : null,
            [.. set.Scenes.Select(at => new Scene(at.Scene, at.Frames.Count, method.Summary(at.Scene, at.Frames)))]);
    }

    public sealed record Set(
        string Name, string List, int Frames, int StaticScenes, double? SpotsPerFrame, bool TruthHasHoles, int FramesShifted, Method[] Methods);

    /// <summary>The errors' fields stand beside those of what they belong to.</summary>
    public abstract record Errors(ErrorSummary Of)
    {
        [JsonIgnore]
        public ErrorSummary Of { get; } = Of;

        public double? Rmae => Digits(Of.Rmae);

        public double? RmaeMedian => Digits(Of.MedianRmae);

        [JsonPropertyName("frames_rmae_above_0_1")]
        public int Failed => Of.Failed;

        public double? Ewmae => Digits(Of.Ewmae);

        public double? EwmaeKnown => Digits(Of.KnownEwmae);

        public double? Rds => Digits(Of.Rds);

        public double? Rtsd => Digits(Of.Rtsd);

        public double? Score => Digits(Of.Score);

        public bool ScoreHasRtsd => Of.Rtsd is not null;

        public double? RmseM => Digits(Of.Rmse);

        public double? MaeM => Digits(Of.Mae);

        public double? Rel => Digits(Of.Rmae);

        [JsonPropertyName("delta_1_25")]
        public double? Delta => Digits(Of.Delta);

        private static double? Digits(double? value) => Json.Measured(value, 6);
    }

    public sealed record Method(
        [property: JsonPropertyName("method"), JsonPropertyOrder(-1)] string Name, ErrorSummary Of,
        [property: JsonPropertyOrder(1)] double? MedianMs, [property: JsonPropertyOrder(1)] double? P90Ms,
        [property: JsonPropertyOrder(1)] Scene[] Scenes) : Errors(Of);

    public sealed record Scene(
        [property: JsonPropertyName("scene"), JsonPropertyOrder(-1)] string Name, [property: JsonPropertyOrder(-1)] int Frames, ErrorSummary Of) : Errors(Of);
}
