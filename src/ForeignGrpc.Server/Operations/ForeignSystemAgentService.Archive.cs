using ForeignGrpc.Server.Calls;
using ForeignGrpc.Store.Model;
using ForeignSystem.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using NodaTime;

namespace ForeignGrpc.Server.Operations;

internal sealed partial class ForeignSystemAgentService
{
    [RequiresRole(UserRole.Reader)]
    public override async Task<GetArchiveListByColumnsResponse> GetArchiveListByColumns(
        GetArchiveListByColumnsRequest request, ServerCallContext context)
    {
        var zone = CallZone.Of(context);
        var check = new ArchiveCheck(_limits, new ListCaller(Caller.Of(context).FullName, zone, time.GetUtcNow()));
        check.Provider(request.ProviderName);
        var (columns, filter, orderBy) =
            (check.Columns(request.ColumnNames), check.Filter(request.RowRestrictions), check.OrderBy(request.SortOrder));
        var (skip, take) = check.Page(request.PageNumber, request.PageSize);
        check.Done();
        var rows = await ListRowsAsync(
            new KeyRowQuery(filter, orderBy, null, skip, take) { Bytes = answers.PageBytes, Caller = TurnOf(context) }, context);
        return new GetArchiveListByColumnsResponse { ArchiveRows = { rows.Select(row => ToItem(row, columns, zone)) } };
    }

    [RequiresRole(UserRole.Reader)]
    public override Task<GetAvailableColumnsResponse> GetAvailableColumns(GetAvailableColumnsRequest request, ServerCallContext context)
    {
        var check = new ArchiveCheck(_limits, new ListCaller(Caller.Of(context).FullName, null, time.GetUtcNow()));
        check.Provider(request.ProviderName);
        check.Done();
        var columns = ListColumns.All.Select(column => ToInfo(ListColumns.Name(column), ListColumns.KindOf(column)))
            .Concat(ListColumns.Constants.Select(name => ToInfo(name, ListTypes.Truth)));
        return Task.FromResult(new GetAvailableColumnsResponse { ArchiveColumns = { columns } });
    }

    [RequiresRole(UserRole.Reader)]
    public override Task<GetProviderNamesResponse> GetProviderNames(GetProviderNamesRequest request, ServerCallContext context) =>
        Task.FromResult(new GetProviderNamesResponse { ProviderNames = { ArchiveCheck.Archive } });

    private static ArchiveListItem ToItem(KeyRow row, IReadOnlyList<ListColumn> columns, DateTimeZone? zone)
    {
        var item = new ArchiveListItem { EntityName = EntityName, PrimaryKey = (int)IdOf(row) };
        foreach (var column in columns)
        {
            item.ColumnData[ListColumns.Name(column)] =
                new ArchiveColumnData { DisplayValue = Encode(ToValue(row.Values[(int)column], column, zone), column) };
        }

        return item;
    }

    /// <summary>The value as archives show it: a text that tells its type.</summary>
    private static string Encode(Value value, ListColumn column) => ListColumns.KindOf(column) switch
    {
        ListTypes.Number => $"[I:{(long)value.NumberValue}]",
        ListTypes.Date => $"[DT:{value.StringValue}]",
        _ => value.StringValue,
    };

    private static ArchiveColumnInfo ToInfo(string name, ListTypes kind)
    {
        var type = kind switch
        {
            ListTypes.Number => "int",
            ListTypes.Date => "datetime",
            ListTypes.Person => "associate",
            ListTypes.Truth => "bool",
            _ => "string",
        };
        return new ArchiveColumnInfo
        {
            ColumnName = name,
            DisplayName = name,
            DisplayType = type,
            RestrictionType = type,
            CanRestrictBy = true,
            CanOrderBy = kind != ListTypes.Truth,
            IsVisible = kind != ListTypes.Truth,
        };
    }

    /// <summary>Reads all rows in pages of some bytes: each page is counted before the next is read.</summary>
    private async Task<List<KeyRow>> ListRowsAsync(KeyRowQuery query, ServerCallContext context)
    {
        var answer = answers.Begin(context);
        var rows = new List<KeyRow>();
        for (var isMore = true; isMore;)
        {
            var page = await store.ListRowsAsync(query, context.CancellationToken);
            await answer.GrowAsync(page.Sum(row => row.Bytes), context.CancellationToken);
            rows.AddRange(page);
            isMore = query.IsFull(page) && page.Count < query.Take;
            if (isMore)
            {
                query = query with { After = page[^1].Position, Skip = 0, Take = query.Take - page.Count };
            }
        }

        return rows;
    }
}
