using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Server.Operations;

/// <summary>A word between a value and others, such as `between`.</summary>
/// <param name="Types">What it takes on its left, and on its right with it.</param>
/// <param name="Least">The fewest values behind it; more than one, or up to many, stand in parentheses.</param>
/// <param name="Most">The most values.</param>
/// <param name="Meaning">The condition that it makes of the value, those behind it, and who asks.</param>
/// <param name="TakesDays">Whether the values behind it are days, which are written and not computed.</param>
internal sealed record ListOperator(
    ListTypes Types,
    int Least,
    int Most,
    Func<ListValue, IReadOnlyList<ListValue>, ListCaller, ListFilter> Meaning,
    bool TakesDays = false);
