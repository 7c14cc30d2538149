using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Server.Operations;

/// <summary>What stands in an expression, before or between operators.</summary>
/// <param name="Token">Where it begins.</param>
internal abstract record ListTerm(ListFilterTokens.Token Token)
{
    /// <summary>What it is; none where that depends on what stands beside it.</summary>
    public virtual ListTypes Type => ListTypes.None;

    /// <summary>A column, or a function of values.</summary>
    /// <param name="Token">Where it begins.</param>
    /// <param name="Of">The value.</param>
    /// <param name="OfType">Its type.</param>
    /// <param name="IgnoresCase">Whether it compares without case, as names of tables do.</param>
    public sealed record Value(ListFilterTokens.Token Token, ListValue Of, ListTypes OfType, bool IgnoresCase = false) : ListTerm(Token)
    {
        public override ListTypes Type => OfType;
    }

    /// <summary>A text, number or date as written.</summary>
    public sealed record Literal(ListFilterTokens.Token Token) : ListTerm(Token);

    /// <summary>The word `null`.</summary>
    public sealed record Null(ListFilterTokens.Token Token) : ListTerm(Token);

    /// <summary>A condition.</summary>
    public sealed record Condition(ListFilterTokens.Token Token, ListFilter Filter) : ListTerm(Token)
    {
        public override ListTypes Type => ListTypes.Truth;
    }
}
