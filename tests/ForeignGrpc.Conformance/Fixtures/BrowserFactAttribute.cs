namespace ForeignGrpc.Conformance;

/// <summary>A test that needs Chromium, driven from Node.js: skipped where one is missing, except in CI.</summary>
public sealed class BrowserFactAttribute : SkippableFactAttribute
{
    private static readonly bool IsMissing = !Tool.IsCi && !(Tool.Exists("chromium") && Tool.Exists("node") && Tool.Exists("npm"));

    public BrowserFactAttribute()
    {
        if (IsMissing)
        {
            Skip = "Chromium, or Node.js with npm, is not installed.";
        }
    }
}
