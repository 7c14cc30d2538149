using System.ComponentModel.DataAnnotations;

namespace ForeignGrpc.Server.Settings;

/// <summary>Settings of section `Cors`.</summary>
internal sealed class CorsSettings
{
    public const string Section = "Cors";

    /// <summary>The origins whose pages may call the server, such as `https://app.example.com`. Default: none, no CORS headers.</summary>
    public string[] Origins { get; set; } = [];

    /// <summary>How long browsers may cache a preflight response, in seconds. Default 3,600.</summary>
    [Range(0, 86_400)]
    public int MaxAgeSeconds { get; set; } = 3_600;
}
