using System.Globalization;

namespace ForeignGrpc.Benchmarks;

/// <summary>What a load prints, for run.sh to read.</summary>
internal static class Report
{
    /// <summary>One line: calls a second, p50 and p99 in milliseconds, calls.</summary>
    /// <param name="milliseconds">How long each call took.</param>
    /// <param name="elapsed">How long all of them took together.</param>
    public static void Print(IEnumerable<double> milliseconds, TimeSpan elapsed)
    {
        var all = milliseconds.Order().ToArray();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{all.Length / elapsed.TotalSeconds:F0} {all[all.Length / 2]:F2} {all[all.Length * 99 / 100]:F2} {all.Length}"));
    }
}
