using System.Globalization;
using EMDC.Imaging;

namespace EMDC.Training.Run;

/// <summary>A line of <c>log.csv</c>: means since the line before. Rmae and its median are NaN where nothing was validated.</summary>
internal readonly record struct LogLine(
    double Minutes, long Step, long Samples, double Rate, double Loss, double Dense, double Global, double Local, double Gradient, double Negative,
    double Measured, double Logits, double Norm, double Rezero, ValidationError Rmae);

/// <summary><c>log.csv</c>: appended to, and flushed, line by line; what a run wrote after its last save is cut off when it goes on.</summary>
internal sealed class RunLog
{
    private static readonly string Header =
        "minutes,step,samples,rate,loss,dense,global,local,gradient,negative,measured,logits,norm,rezero,rmae,rmae_median";

    private readonly string _path;
    private readonly List<LogLine> _lines = [];

    /// <exception cref="IOException">The file cannot be read or written.</exception>
    public RunLog(string path, long step)
    {
        _path = path;
        if (step > 0 && File.Exists(path))
        {
            _lines.AddRange(File.ReadLines(path).Skip(1).Select(Parse).OfType<LogLine>().Where(line => line.Step <= step));
        }

        File.WriteAllLines(path, [Header, .. _lines.Select(Text)]);
    }

    public IReadOnlyList<LogLine> Lines => _lines;

    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Add(LogLine line)
    {
        _lines.Add(line);
        File.AppendAllText(_path, Text(line) + '\n');
    }

    private static string Text(LogLine l) => string.Create(CultureInfo.InvariantCulture,
        $"{l.Minutes:F3},{l.Step},{l.Samples},{l.Rate:G5},{l.Loss:G5},{l.Dense:G5},{l.Global:G5},{l.Local:G5},{l.Gradient:G5},{l.Negative:G5},{l.Measured:G5},{l.Logits:G5},{l.Norm:G5},{l.Rezero:G5},{Measured(l.Rmae.Mean)},{Measured(l.Rmae.Median)}");

    private static string Measured(double error) => double.IsNaN(error) ? "" : error.ToString("G6", CultureInfo.InvariantCulture);

    /// <summary>The terms of the loss and the validation error over the run's minutes.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Plot(string path, string baseline, double baselineError)
    {
        Curve Of(string name, (byte, byte, byte) colour, Func<LogLine, double> value) =>
            new(name, colour, [.. _lines.Select(line => (line.Minutes, value(line)))]);
        RgbImage image = LinePlot.Draw("minutes",
        [
            Of("global", (150, 190, 230), line => line.Global),
            Of("local", (160, 210, 150), line => line.Local),
            Of("dense", (40, 90, 170), line => line.Dense),
            Of("RMAE", (200, 60, 40), line => line.Rmae.Mean),
            Of("its median", (240, 170, 90), line => line.Rmae.Median),
            Of(baseline, (120, 120, 120), _ => baselineError),
        ]);
        AtomicFile.Write(path, stream => PngFile.Write(stream, image));
    }

    // A crash may have left half a line; runs of before have no median.
    private static LogLine? Parse(string line)
    {
        const int Always = 14, Columns = Always + 2;
        string[] parts = line.Split(',');
        if (parts.Length is not (Columns or Columns - 1))
        {
            return null;
        }

        var values = new double[Columns];
        Array.Fill(values, double.NaN);
        for (int i = 0; i < parts.Length; i++)
        {
            if (double.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out double value))
            {
                values[i] = value;
            }
            else if (i < Always || parts[i].Length > 0)
            {
                return null;
            }
        }

        return new LogLine(values[0], (long)values[1], (long)values[2], values[3], values[4], values[5], values[6], values[7], values[8], values[9],
            values[10], values[11], values[12], values[13], new ValidationError(values[14], values[15]));
    }
}
