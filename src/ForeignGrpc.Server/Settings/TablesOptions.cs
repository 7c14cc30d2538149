using System.ComponentModel.DataAnnotations;

namespace ForeignGrpc.Server.Settings;

/// <summary>Settings of section `Tables`.</summary>
internal sealed class TablesOptions
{
    public const string Section = "Tables";

    /// <summary>Whether a table name that is not documented is registered on its first save; else it is refused. Default true.</summary>
    public bool AcceptUnknown { get; set; } = true;

    /// <summary>How many such names there may be; one more is refused. Default 10,000.</summary>
    [Range(0, 1_000_000)]
    public int MostRegistered { get; set; } = 10_000;

    /// <summary>How many such names one writer may bring; one more is refused. Default 1,000.</summary>
    [Range(0, 1_000_000)]
    public int MostRegisteredPerWriter { get; set; } = 1_000;
}
