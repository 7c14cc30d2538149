namespace ForeignGrpc.Conformance;

/// <summary>A test that needs Node.js: skipped where it is missing, except in CI.</summary>
public sealed class NodeFactAttribute : SkippableFactAttribute
{
    private static readonly bool IsMissing = !Tool.IsCi && !(Tool.Exists("node") && Tool.Exists("npm"));

    public NodeFactAttribute()
    {
        if (IsMissing)
        {
            Skip = "Node.js with npm is not installed.";
        }
    }
}
