namespace ForeignGrpc.Conformance;

/// <summary>A test that needs Node.js: skipped where it is missing, except in CI.</summary>
public sealed class NodeFactAttribute : SkippableFactAttribute
{
    public const string Reason = "Node.js with npm is not installed.";

    /// <summary>Whether such tests are skipped here.</summary>
    public static bool IsMissing { get; } = !Tool.IsCi && !(Tool.Exists("node") && Tool.Exists("npm"));

    public NodeFactAttribute()
    {
        if (IsMissing)
        {
            Skip = Reason;
        }
    }
}
