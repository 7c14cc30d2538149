using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace ForeignGrpc.Conformance;

/// <summary>The request that the documentation of the main operation prints, byte for byte.</summary>
public abstract class DocumentedSampleTests(Service service)
{
    private const string Body =
        """
        {
          "Key": "voluptatibus",
          "Value": "nam",
          "RecordId": 748,
          "CreatedDate": "2007-01-26T09:40:59.224663+01:00",
          "UpdatedDate": "1994-03-27T09:40:59.224663+02:00",
          "UpdatedBy": "nemo",
          "CreatedBy": "voluptatum",
          "TableName": "Kreiger, Conn and Roob"
        }
        """;

    private readonly Service _server = service.OrSkip();

    [SkippableFact]
    public async Task Sample_IsAnsweredAsDocumented()
    {
        var (status, headers, body) = await SendAsync("erp/unit-1/SN-4711");

        Assert.Equal("HTTP/1.1 200 OK", status);
        Assert.Contains("Content-Type: application/json; charset=utf-8", headers);
        var key = JsonNode.Parse(body)!.AsObject();
        Assert.Equal(
            [
                "Key", "Value", "RecordId", "CreatedDate", "UpdatedDate", "UpdatedBy", "CreatedBy", "TableName",
                "TableRight", "FieldProperties"],
            key.Select(property => property.Key));
        Assert.Equal("voluptatibus", (string?)key["Key"]);
        Assert.Equal("nam", (string?)key["Value"]);
        Assert.Equal(748, (int?)key["RecordId"]);
        Assert.Equal("Kreiger, Conn and Roob", (string?)key["TableName"]);
        Assert.Equal("Terje Development", (string?)key["CreatedBy"]);
        Assert.Equal("Terje Development", (string?)key["UpdatedBy"]);
        Assert.Equal((string?)key["CreatedDate"], (string?)key["UpdatedDate"]);
        var created = (string)key["CreatedDate"]!;
        Assert.Matches(@"(Z|[+-]\d\d:\d\d)$", created);
        Assert.InRange(
            DateTimeOffset.Parse(created, CultureInfo.InvariantCulture), DateTimeOffset.UtcNow.AddMinutes(-1),
            DateTimeOffset.UtcNow.AddMinutes(1));
        Assert.Equal("FULL", (string?)key["TableRight"]!["Mask"]);
        Assert.Equal("System.String", (string?)key["FieldProperties"]!["Key"]!["FieldType"]);
    }

    [SkippableFact]
    public async Task SampleSentTwice_KeepsCreatedAndMovesUpdated()
    {
        var first = JsonNode.Parse((await SendAsync("erp/unit-1/twice")).Body)!;
        var second = JsonNode.Parse((await SendAsync("erp/unit-1/twice")).Body)!;

        Assert.Equal((string?)first["CreatedDate"], (string?)second["CreatedDate"]);
        Assert.True(string.CompareOrdinal((string?)second["UpdatedDate"], (string?)first["UpdatedDate"]) > 0);
    }

    private async Task<(string Status, string[] Headers, string Body)> SendAsync(string device)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(_server.RestUri.Host, _server.RestUri.Port);
        await using var stream = client.GetStream();
        var body = Encoding.UTF8.GetBytes(Body);
        var head = $"""
            PUT /api/v1/ForeignApp/{device}/Key HTTP/1.1
            Host: {_server.RestUri.Authority}
            Connection: close
            Content-Length: {body.Length}
            Authorization: Basic dGplMDpUamUw
            Accept: application/json; charset=utf-8
            Accept-Language: en
            Content-Type: application/json; charset=utf-8


            """;
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head.ReplaceLineEndings("\r\n")));
        await stream.WriteAsync(body);
        using var reader = new StreamReader(stream);
        var response = (await reader.ReadToEndAsync()).Split("\r\n\r\n", 2);
        var lines = response[0].Split("\r\n");
        return (lines[0], lines[1..], response[1]);
    }

    public sealed class OnSqlite(ServerProcess server) : DocumentedSampleTests(server), IClassFixture<ServerProcess>;

    [Collection(RestoredServerGroup.Name)]
    public sealed class OnRestored(RestoredServer server) : DocumentedSampleTests(server);

    [Collection(PostgresServerGroup.Name)]
    public sealed class OnPostgres(PostgresServer server) : DocumentedSampleTests(server);

    [Collection(ThreeServersGroup.Name)]
    public sealed class OnThreeServers(ThreeServers server) : DocumentedSampleTests(server);
}
