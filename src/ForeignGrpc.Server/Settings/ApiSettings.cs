using System.ComponentModel.DataAnnotations;

namespace ForeignGrpc.Server.Settings;

/// <summary>Settings of section `Api`: what the server tells of itself to clients that ask before they begin.</summary>
internal sealed class ApiSettings
{
    public const string Section = "Api";

    /// <summary>The version of the documented product that the server stands in for. Default `12.4.1514.0`.</summary>
    [RegularExpression(@"\d+(\.\d+){1,3}", ErrorMessage = "NetServerVersion must be 2 to 4 numbers with dots, such as 12.4.1514.0.")]
    public string NetServerVersion { get; set; } = "12.4.1514.0";

    /// <summary>The name of the database that callers are told they work on. Default `ForeignGrpc`.</summary>
    [StringLength(64)]
    public string ContextIdentifier { get; set; } = "ForeignGrpc";
}
