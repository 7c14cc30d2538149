using System.Collections.Frozen;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Server.Operations;

/// <summary>The functions of restriction expressions. All arguments are texts. Look-ups of names ignore case.</summary>
internal static class ListFunctions
{
    private static readonly FrozenDictionary<string, ListFunctionCall> ByName = new Dictionary<string, ListFunctionCall>
    {
        ["startswith"] = Comparing(Comparison.StartsWith, 0, 1),
        ["endswith"] = Comparing(Comparison.EndsWith, 0, 1),
        ["contains"] = Comparing(Comparison.Contains, 0, 1),
        ["substringof"] = Comparing(Comparison.Contains, 1, 0),
        ["tolower"] = Of(ListFunction.ToLower, 1, ListTypes.Text),
        ["toupper"] = Of(ListFunction.ToUpper, 1, ListTypes.Text),
        ["trim"] = Of(ListFunction.Trim, 1, ListTypes.Text),
        ["concat"] = Of(ListFunction.Concat, 2, ListTypes.Text),
        ["length"] = Of(ListFunction.Length, 1, ListTypes.Number),
        ["indexof"] = Of(ListFunction.IndexOf, 2, ListTypes.Number),
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The function with the name; null if there is no such function.</summary>
    public static ListFunctionCall? Find(string name) => ByName.GetValueOrDefault(name);

    private static ListFunctionCall Comparing(Comparison how, int left, int right) => new(
        2,
        IgnoresCase: true,
        (token, values) => new ListTerm.Condition(token, new ListFilter.Compare(values[left], how, values[right])));

    private static ListFunctionCall Of(ListFunction function, int count, ListTypes type) => new(
        count, IgnoresCase: false, (token, values) => new ListTerm.Value(token, new ListValue.Apply(function, values), type));
}
