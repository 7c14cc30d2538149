namespace ForeignGrpc.Server.Hosting;

/// <summary>Settings of section `Cors`.</summary>
internal sealed class CorsSettings
{
    public const string Section = "Cors";

    /// <summary>The origins whose pages may call, such as `https://app.example.com`. Default none: no CORS headers are sent.</summary>
    public string[] Origins { get; set; } = [];
}
