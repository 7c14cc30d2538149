namespace ForeignGrpc.Store.Model;

/// <summary>The comparisons of a column with a value. Texts are compared exactly.</summary>
public enum Comparison
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    StartsWith,
    EndsWith,
    Contains,
}
