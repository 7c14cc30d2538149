using System.ComponentModel.DataAnnotations;

namespace ForeignGrpc.Server.Security;

/// <summary>Settings of section `Auth`.</summary>
internal sealed class AuthOptions
{
    public const string Section = "Auth";

    /// <summary>How long a password that was right is taken without computing its slow hash again, in seconds; 0 to 3,600. Default 60.</summary>
    [Range(0, 3600)]
    public int RememberSeconds { get; set; } = 60;
}
