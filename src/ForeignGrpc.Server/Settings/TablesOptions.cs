using System.ComponentModel.DataAnnotations;

namespace ForeignGrpc.Server.Settings;

/// <summary>Settings of section `Tables`.</summary>
internal sealed class TablesOptions
{
    public const string Section = "Tables";

    /// <summary>
    /// Whether the first save with an undocumented table name registers the name. If false, such a save is rejected. Default true.
    /// </summary>
    public bool AcceptUnknown { get; set; } = true;

    /// <summary>The most registered table names; one more is rejected. Default 10,000.</summary>
    [Range(0, 1_000_000)]
    public int MostRegistered { get; set; } = 10_000;

    /// <summary>The most table names that one writer may register; one more is rejected. Default 1,000.</summary>
    [Range(0, 1_000_000)]
    public int MostRegisteredPerWriter { get; set; } = 1_000;
}
