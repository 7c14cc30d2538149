namespace ForeignGrpc.Server.Hosting;

/// <summary>Settings of section `Tables`.</summary>
internal sealed class TablesOptions
{
    public const string Section = "Tables";

    /// <summary>Whether a table name that is not documented is registered on its first save; else it is refused. Default true.</summary>
    public bool AcceptUnknown { get; set; } = true;
}
