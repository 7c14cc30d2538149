using System.Text;

namespace ForeignGrpc.Conformance;

/// <summary>The scheme Basic of the header Authorization.</summary>
internal static class Basic
{
    /// <summary>The header's value for a name and a password, separated by a colon.</summary>
    public static string Of(string credential) => $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(credential))}";
}
