namespace ForeignGrpc.Conformance;

/// <inheritdoc cref="NodeFactAttribute"/>
public sealed class NodeTheoryAttribute : SkippableTheoryAttribute
{
    public NodeTheoryAttribute()
    {
        if (NodeFactAttribute.IsMissing)
        {
            Skip = NodeFactAttribute.Reason;
        }
    }
}
