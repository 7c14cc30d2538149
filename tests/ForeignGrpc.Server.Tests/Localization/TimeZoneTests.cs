using System.Net;
using ForeignGrpc.Server.Localization;
using ForeignSystem.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using NodaTime;

namespace ForeignGrpc.Server.Tests;

/// <summary>`SO-TimeZone`: which zones it names, and what it does to dates.</summary>
[Collection(RunningServerGroup.Name)]
public sealed class TimeZoneTests(RunningServer server)
{
    private static readonly DateTimeZone Oslo = DateTimeZoneProviders.Tzdb["Europe/Oslo"];

    private readonly HttpClient _rest = server.Rest();
    private readonly string _app = $"zone {Guid.NewGuid():N}";

    [Theory]
    [InlineData("NO", "Europe/Oslo")]
    [InlineData("us-ny", "America/New_York")]
    [InlineData("AU3", "Australia/Broken_Hill")]
    [InlineData("CA2A", "America/St_Johns")]
    [InlineData("UTC", "UTC")]
    [InlineData("europe/oslo", "Europe/Oslo")]
    [InlineData("America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires")]
    [InlineData("se", "Europe/Stockholm")]
    [InlineData("NL", "Europe/Amsterdam")]
    [InlineData("DE", "Europe/Berlin")]
    [InlineData("de", "Europe/Berlin")]
    [InlineData("1", "UTC")]
    [InlineData("36", "Australia/Canberra")]
    [InlineData("261", "Europe/Oslo")]
    [InlineData("140", "Europe/Copenhagen")]
    [InlineData("156", "Europe/Paris")]
    [InlineData("50", "Asia/Dhaka")]
    [InlineData("460", "America/New_York")]
    [InlineData("425", "America/Los_Angeles")]
    [InlineData("433", "Pacific/Honolulu")]
    [InlineData("114", "America/Toronto")]
    [InlineData("261,includeTZOffset", "Europe/Oslo")]
    [InlineData("0", null)]
    [InlineData("2", null)]
    [InlineData("0261", null)]
    [InlineData("AU", null)]
    [InlineData("ES", null)]
    [InlineData("NO, includeTZOffset", "Europe/Oslo")]
    [InlineData("includetzoffset", "UTC")]
    [InlineData("", "UTC")]
    [InlineData("US", null)]
    [InlineData("Oslo", null)]
    [InlineData("NO,SE", null)]
    [InlineData("+01:00", null)]
    public void Header_NamesAZone(string header, string? id) => Assert.Equal(id, TimeZones.Find(header)?.Id);

    [Theory]
    [InlineData("2026-01-31T12:00:00", "2026-01-31T11:00:00Z")]
    [InlineData("2026-07-31T12:00:00.5", "2026-07-31T10:00:00.5Z")]
    [InlineData("2026-07-31", "2026-07-30T22:00:00Z")]
    [InlineData("2026-07-31T12:00:00Z", "2026-07-31T12:00:00Z")]
    [InlineData("2026-07-31T12:00:00-05:30", "2026-07-31T17:30:00Z")]
    [InlineData("2026-03-29T02:30:00", "2026-03-29T01:30:00Z")]
    [InlineData("2026-10-25T02:30:00", "2026-10-25T00:30:00Z")]
    [InlineData("0001-01-01T00:43:00Z", "0001-01-01T00:43:00Z")]
    [InlineData("9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.9999999Z")]
    [InlineData("0001-01-01T00:00:00", null)]
    [InlineData("9999-12-31T23:59:59-01:00", null)]
    [InlineData("10000-01-01T00:00:00Z", null)]
    [InlineData("0000-01-01T00:00:00Z", null)]
    [InlineData("2026-02-29T00:00:00", null)]
    [InlineData("2026-01-31T24:00:00", null)]
    [InlineData("2026-01-31 12:00:00", null)]
    [InlineData("", null)]
    public void Input_WithoutAnOffset_IsInTheZone(string text, string? utc) =>
        Assert.Equal(utc, Dates.TryParse(text, Oslo) is { } date ? Dates.Format(date, null) : null);

    [Theory]
    [InlineData("2026-01-31T11:00:00Z", "Europe/Oslo", "2026-01-31T12:00:00+01:00")]
    [InlineData("2026-07-31T10:00:00.1234567Z", "Europe/Oslo", "2026-07-31T12:00:00.1234567+02:00")]
    [InlineData("2026-10-25T00:30:00Z", "Europe/Oslo", "2026-10-25T02:30:00+02:00")]
    [InlineData("2026-10-25T01:30:00Z", "Europe/Oslo", "2026-10-25T02:30:00+01:00")]
    [InlineData("2026-01-31T12:00:00Z", "America/St_Johns", "2026-01-31T08:30:00-03:30")]
    [InlineData("1800-01-01T00:00:00Z", "Europe/Oslo", "1800-01-01T00:53:00+00:53")]
    [InlineData("0001-01-01T00:00:00Z", "America/New_York", "0001-01-01T00:00:00Z")]
    [InlineData("9999-12-31T23:59:59Z", "Europe/Oslo", "9999-12-31T23:59:59Z")]
    public void Output_HasTheZonesOffset_AndIsTheSameInstant(string utc, string zone, string expected)
    {
        var date = Timestamp.FromDateTimeOffset(DateTimeOffset.Parse(utc, null));
        var text = Dates.Format(date, DateTimeZoneProviders.Tzdb[zone]);

        Assert.Equal(expected, text);
        Assert.Equal(date, Dates.TryParse(text, null));
    }

    [Fact]
    public async Task Rest_AnswersInTheZone_AndNamesIt()
    {
        await SaveAsync();
        using var utc = await _rest.GetAsync($"ForeignApp/{_app}/unit/Key/k//0");
        using var oslo = await GetAsync($"ForeignApp/{_app}/unit/Key/k//0", "no,includeTZOffset");
        using var list = await GetAsync($"ForeignApp?$filter=appName eq '{_app}'", "Asia/Dhaka");

        var (inUtc, inOslo) = ((string)(await utc.ReadAsync())!["CreatedDate"]!, (string)(await oslo.ReadAsync())!["CreatedDate"]!);
        Assert.EndsWith("Z", inUtc, StringComparison.Ordinal);
        Assert.Matches("[+]0[12]:00$", inOslo);
        Assert.Equal(DateTimeOffset.Parse(inUtc, null), DateTimeOffset.Parse(inOslo, null));
        Assert.False(utc.Headers.Contains("SO-TimeZone"));
        Assert.Equal("Europe/Oslo", Assert.Single(oslo.Headers.GetValues("SO-TimeZone")));
        Assert.EndsWith("+06:00", (string)(await list.ReadAsync())!["value"]![0]!["keyUpdatedDate"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnknownZone_Is400_AndSavesNothing()
    {
        using var request =
            new HttpRequestMessage(HttpMethod.Put, $"ForeignApp/{_app}/unit/1/Key") { Content = Http.Json("""{"Key":"k"}""") };
        request.Headers.Add("SO-TimeZone", "Atlantis");
        using var response = await _rest.SendAsync(request);

        Assert.Contains("\"Atlantis\"", await response.ReadErrorAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
        using var app = await _rest.GetAsync($"ForeignApp/{_app}");
        Assert.Equal(HttpStatusCode.NotFound, app.StatusCode);
    }

    [Fact]
    public async Task Grpc_ListsDatesInTheZoneOfItsMetadata()
    {
        await SaveAsync();
        var request = new GetAllRequest { RowFilter = $"appName eq '{_app}'" };
        var list = await server.Grpc().GetAllAsync(request, new Metadata { { "so-timezone", "BD" } });
        var failure = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Grpc().GetAllAsync(request, new Metadata { { "so-timezone", "Atlantis" } }));

        Assert.EndsWith("+06:00", list.ListRows[0].Fields["keyUpdatedDate"].StringValue, StringComparison.Ordinal);
        Assert.Equal(StatusCode.InvalidArgument, failure.StatusCode);
    }

    private async Task SaveAsync() => await server.Grpc().SaveForeignKeyAsync(new SaveForeignKeyRequest
    {
        ApplicationName = _app,
        DeviceName = "unit",
        ForeignKey = new ForeignKey { KeyName = "k", KeyValue = "v" },
    });

    private async Task<HttpResponseMessage> GetAsync(string path, string zone)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("SO-TimeZone", zone);
        return await _rest.SendAsync(request);
    }
}
