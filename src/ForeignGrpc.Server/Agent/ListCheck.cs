using ForeignGrpc.Server.Localization;
using ForeignGrpc.Store.Model;
using ForeignSystem.V1;

namespace ForeignGrpc.Server.Agent;

/// <summary>Turns what a list request says into the store's terms and notes what is wrong with it.</summary>
internal sealed class ListCheck(GetAllRequest request) : Violations
{
    private static readonly ListColumn[] AllColumns = Enum.GetValues<ListColumn>();

    public IReadOnlyList<ListColumn> Columns()
    {
        var names = Split(request.SelectColumns);
        return names.Length == 0 ? AllColumns : [.. names.Select(name => Column(name, "select_columns")).OfType<ListColumn>().Distinct()];
    }

    public ListFilter? Filter()
    {
        try
        {
            return ListFilterParser.Parse(request.RowFilter);
        }
        catch (FormatException e)
        {
            Refuse("row_filter", e.Message);
            return null;
        }
    }

    public IReadOnlyList<(ListColumn Column, bool Descending)> OrderBy()
    {
        var order = new List<(ListColumn, bool)>();
        foreach (var term in Split(request.OrderBy))
        {
            var words = term.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var direction = words.Length > 1 ? words[1] : "asc";
            var isDescending = direction.Equals("desc", StringComparison.OrdinalIgnoreCase);
            if (words.Length > 2 || (!isDescending && !direction.Equals("asc", StringComparison.OrdinalIgnoreCase)))
            {
                Refuse("order_by", Texts.Of($"has '{term}'; a column may have asc or desc behind it."));
            }
            else if (Column(words[0], "order_by") is { } column)
            {
                order.Add((column, isDescending));
            }
        }

        return order;
    }

    public PageToken Page()
    {
        if (request.SkipToken.Length > 0)
        {
            var token = PageToken.TryParse(request.SkipToken);
            if (token is null)
            {
                Refuse("skip_token", Texts.Of($"is none that a page before gave."));
            }

            return token ?? new PageToken(null, 0, 0);
        }

        if (request.SkipRows < 0)
        {
            Refuse("skip_rows", Texts.Of($"must be 0 or more, but is {request.SkipRows}."));
        }

        if (request.TopRows < 0)
        {
            Refuse("top_rows", Texts.Of($"must be 0 or more, but is {request.TopRows}."));
        }

        return new PageToken(null, request.SkipRows, request.HasTopRows ? request.TopRows : null);
    }

    private static string[] Split(string list) => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private ListColumn? Column(string name, string field)
    {
        var column = ListColumns.Find(name);
        if (column is null)
        {
            Refuse(field, Texts.Of($"has '{name}', which is no column; columns are {string.Join(", ", ListColumns.Names)}."));
        }

        return column;
    }
}
