namespace ForeignGrpc.Store.Model;

/// <summary>How a column compares with a value. Texts compare exactly.</summary>
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
