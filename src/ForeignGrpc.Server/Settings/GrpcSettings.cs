namespace ForeignGrpc.Server.Settings;

/// <summary>Settings of section `Grpc`.</summary>
internal sealed class GrpcSettings
{
    public const string Section = "Grpc";

    /// <summary>
    /// Whether the server describes its services to gRPC clients (server reflection); outside Development a credential is needed. Default
    /// true.
    /// </summary>
    public bool Reflection { get; set; } = true;
}
