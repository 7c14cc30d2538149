using ForeignGrpc.Server.Calls;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Store.Model;
using ForeignSystem.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using NodaTime;

namespace ForeignGrpc.Server.Operations;

internal sealed partial class ForeignSystemAgentService
{
    /// <summary>The name of a row in the documented list.</summary>
    private const string EntityName = "foreignKey";

    /// <summary>The value of a missing date in the documented list.</summary>
    private const string NoDate = "0001-01-01T00:00:00";

    [RequiresRole(UserRole.Reader)]
    public override async Task<ODataSlimResponse> GetAll(GetAllRequest request, ServerCallContext context)
    {
        var zone = CallZone.Of(context);
        var check = new ListCheck(request, _limits, new ListCaller(Caller.Of(context).FullName, zone, time.GetUtcNow()));
        var (columns, filter, orderBy) = (check.Columns(), check.Filter(), check.OrderBy());
        var (page, counts) = (check.Page(orderBy), check.Counts());
        check.Shape();
        check.Done();
        var take = Math.Min(page.Remaining ?? int.MaxValue, _limits.ListPage);
        var query = new KeyRowQuery(filter, orderBy, page.After, request.SkipRows, take + 1)
        {
            Bytes = answers.PageBytes,
            Caller = TurnOf(context),
        };
        var rows = await store.ListRowsAsync(query, context.CancellationToken);
        var isCut = rows.Count > take || query.IsFull(rows);
        var shown = isCut ? rows.Count - 1 : rows.Count;
        await answers.Begin(context).GrowAsync(rows.Take(shown).Sum(row => row.Bytes), context.CancellationToken);
        var response = new ODataSlimResponse { ListRows = { rows.Take(shown).Select(row => ToRow(row, columns, zone)) } };
        if (counts)
        {
            response.RowCount = (int)Math.Min(await store.CountRowsAsync(filter, TurnOf(context), context.CancellationToken), int.MaxValue);
        }

        var left = page.Remaining - shown;
        if (isCut && (left is null or > 0))
        {
            response.NextPage = new PageToken(rows[shown - 1].Position, left).ToText(request.RowFilter, orderBy);
        }

        return response;
    }

    private static long IdOf(KeyRow row) =>
        (long)(row.Values[(int)ListColumn.KeyId] ?? row.Values[(int)ListColumn.DeviceId] ?? row.Values[(int)ListColumn.AppId])!;

    private static Struct ToRow(KeyRow row, IReadOnlyList<ListColumn> columns, DateTimeZone? zone)
    {
        var result = new Struct();
        result.Fields["PrimaryKey"] = Value.ForString($"{IdOf(row)}");
        result.Fields["EntityName"] = Value.ForString(EntityName);
        foreach (var column in columns)
        {
            result.Fields[ListColumns.Name(column)] = ToValue(row.Values[(int)column], column, zone);
        }

        return result;
    }

    /// <summary>The value in the documented list, which has no nulls.</summary>
    private static Value ToValue(object? value, ListColumn column, DateTimeZone? zone) => value switch
    {
        null when ListColumns.TypeOf(column) == typeof(long) => Value.ForNumber(0),
        null => Value.ForString(ListColumns.TypeOf(column) == typeof(string) ? "" : NoDate),
        long number => Value.ForNumber(number),
        DateTimeOffset date => Value.ForString(Dates.Format(Timestamp.FromDateTimeOffset(date), zone)),
        _ => Value.ForString((string)value),
    };
}
