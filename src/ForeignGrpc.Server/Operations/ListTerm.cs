using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Server.Operations;

/// <summary>A term of an expression: an operand or a condition.</summary>
/// <param name="Token">The first token of the term.</param>
internal abstract record ListTerm(ListFilterTokens.Token Token)
{
    /// <summary>The type of the term; none if the type depends on the other operand.</summary>
    public virtual ListTypes Type => ListTypes.None;

    /// <summary>A column, or a function of values.</summary>
    /// <param name="Token">The first token of the term.</param>
    /// <param name="Of">The value.</param>
    /// <param name="OfType">The type of the value.</param>
    /// <param name="IgnoresCase">Whether comparisons of the value ignore case, as those of table names do.</param>
    public sealed record Value(ListFilterTokens.Token Token, ListValue Of, ListTypes OfType, bool IgnoresCase = false) : ListTerm(Token)
    {
        public override ListTypes Type => OfType;
    }

    /// <summary>A literal text, number or date.</summary>
    public sealed record Literal(ListFilterTokens.Token Token) : ListTerm(Token);

    /// <summary>The word `null`.</summary>
    public sealed record Null(ListFilterTokens.Token Token) : ListTerm(Token);

    /// <summary>A condition.</summary>
    public sealed record Condition(ListFilterTokens.Token Token, ListFilter Filter) : ListTerm(Token)
    {
        public override ListTypes Type => ListTypes.Truth;
    }
}
