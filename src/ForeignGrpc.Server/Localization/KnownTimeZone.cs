namespace ForeignGrpc.Server.Localization;

/// <summary>A time zone of the documented API.</summary>
/// <param name="Code">The code: `NO`, `US-NY`.</param>
/// <param name="Iana">The IANA name: `Europe/Oslo`.</param>
/// <param name="Number">The number; 0 if none is known.</param>
internal sealed record KnownTimeZone(string Code, string Iana, int Number = 0)
{
    /// <summary>The city of the IANA name: `Oslo`, `New York`; blank if the name has none.</summary>
    public string City => Iana.Contains('/', StringComparison.Ordinal) ? Iana.Split('/')[^1].Replace('_', ' ') : "";
}
