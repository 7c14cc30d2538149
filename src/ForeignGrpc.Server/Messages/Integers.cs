using System.Globalization;

namespace ForeignGrpc.Server.Messages;

/// <summary>Parses 32-bit integers as clients write them.</summary>
internal static class Integers
{
    private const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <summary>Parses an integer, also with a fraction of zeros (`7.0`) or an exponent. Null if it is no 32-bit integer.</summary>
    public static int? TryParse(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value
        : decimal.TryParse(text, Style, CultureInfo.InvariantCulture, out var number)
            && decimal.IsInteger(number) && number is >= int.MinValue and <= int.MaxValue ? (int)number
        : null;
}
