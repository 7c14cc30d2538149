using ForeignGrpc.Server.Localization;
using ForeignGrpc.Server.Settings;
using ForeignGrpc.Store.Model;
using ForeignSystem.V1;

namespace ForeignGrpc.Server.Operations;

/// <summary>Maps a list request to terms of the store, and collects its violations.</summary>
/// <param name="request">The request.</param>
/// <param name="limits">The limits of a request.</param>
/// <param name="caller">The caller.</param>
internal sealed class ListCheck(GetAllRequest request, KeyLimits limits, ListCaller caller) : Violations
{
    public IReadOnlyList<ListColumn> Columns()
    {
        var names = Split(request.SelectColumns);
        var columns = names.Select(name => Column(name, "select_columns")).TakeWhile(column => column is not null);
        return names is [] ? ListColumns.Usual : names is ["*"] ? ListColumns.All : [.. columns.OfType<ListColumn>().Distinct()];
    }

    public ListFilter? Filter()
    {
        try
        {
            return ListFilterParser.Parse(request.RowFilter, limits, caller);
        }
        catch (ListFilterException e)
        {
            Refuse("row_filter", e.What);
            return null;
        }
    }

    /// <summary>The columns to sort by. The second mention of a column is dropped, because it changes nothing.</summary>
    public IReadOnlyList<(ListColumn Column, bool Descending)> OrderBy()
    {
        var order = new List<(ListColumn Column, bool Descending)>();
        foreach (var term in Split(request.OrderBy))
        {
            if (OrderBy(term) is not { } by)
            {
                break;
            }

            if (order.TrueForAll(before => before.Column != by.Column))
            {
                order.Add(by);
            }
        }

        return order;
    }

    /// <summary>The position where the page begins.</summary>
    public PageToken Page(IReadOnlyList<(ListColumn Column, bool Descending)> orderBy)
    {
        if (request.SkipToken.Length > 0)
        {
            var token = PageToken.TryParse(request.SkipToken, request.RowFilter, orderBy);
            if (token is null)
            {
                Refuse("skip_token", Texts.Of(
                    $"is not valid; use the one from the previous page's next link, with the same $filter and $orderBy."));
            }

            return token ?? new PageToken(null, 0);
        }

        if (request.SkipRows < 0)
        {
            Refuse("skip_rows", Texts.Of($"must be 0 or more, but is {request.SkipRows}."));
        }

        if (request.TopRows < 0)
        {
            Refuse("top_rows", Texts.Of($"must be 0 or more, but is {request.TopRows}."));
        }

        return new PageToken(null, request.HasTopRows ? request.TopRows : null);
    }

    /// <summary>Whether the request asks for the number of rows on all pages.</summary>
    public bool Counts()
    {
        var isAll = request.InlineCount.Equals("allpages", StringComparison.OrdinalIgnoreCase);
        if (!isAll && !IsBlankOr("none", request.InlineCount))
        {
            Refuse("inline_count", Texts.Of($"must be allpages or none, but is {Quoted(request.InlineCount)}."));
        }

        return isAll || request.CountRows;
    }

    /// <summary>Adds violations for modes and options that the list does not have.</summary>
    public void Shape()
    {
        if (!IsBlankOr("Slim", request.ListMode))
        {
            Refuse("list_mode", Texts.Of($"must be Slim, the only mode, but is {Quoted(request.ListMode)}."));
        }

        if (Split(request.ListOptions).Any(option => !option.EndsWith("=false", StringComparison.OrdinalIgnoreCase)))
        {
            Refuse("list_options", Texts.Of($"must be blank, because the list has no options, but is {Quoted(request.ListOptions)}."));
        }
    }

    private static bool IsBlankOr(string word, string text) =>
        string.IsNullOrWhiteSpace(text) || text.Trim().Equals(word, StringComparison.OrdinalIgnoreCase);

    private static string Quoted(string text) => $"'{ListFilterTokens.Shown(text)}'";

    private (ListColumn Column, bool Descending)? OrderBy(string term)
    {
        var words = term.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var direction = words.Length > 1 ? words[1] : "asc";
        var isDescending = direction.Equals("desc", StringComparison.OrdinalIgnoreCase);
        if (words.Length > 2 || (!isDescending && !direction.Equals("asc", StringComparison.OrdinalIgnoreCase)))
        {
            Refuse("order_by", Texts.Of(
                $"has '{ListFilterTokens.Shown(term)}'; each item must be a column, optionally followed by asc or desc."));
            return null;
        }

        return Column(words[0], "order_by") is { } column ? (column, isDescending) : null;
    }

    private static string[] Split(string list) => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private ListColumn? Column(string name, string field)
    {
        var column = ListColumns.Find(name);
        if (column is null)
        {
            Refuse(field, Texts.Of(
                $"has '{ListFilterTokens.Shown(name)}', which is not a column; the columns are {ListColumns.Names}."));
        }

        return column;
    }
}
