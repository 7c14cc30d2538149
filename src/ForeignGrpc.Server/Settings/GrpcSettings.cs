namespace ForeignGrpc.Server.Settings;

/// <summary>Settings of section `Grpc`.</summary>
internal sealed class GrpcSettings
{
    public const string Section = "Grpc";

    /// <summary>
    /// Whether the server offers gRPC server reflection. Outside Development, reflection needs a credential. Default true.
    /// </summary>
    public bool Reflection { get; set; } = true;
}
