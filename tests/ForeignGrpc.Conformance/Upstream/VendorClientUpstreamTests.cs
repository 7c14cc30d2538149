using System.Text.Json.Nodes;

namespace ForeignGrpc.Conformance;

/// <summary>The vendor's client with one base address: a contact from the upstream server, and a key that is stored here.</summary>
public sealed class VendorClientUpstreamTests(ServerBeforeUpstream server) : IClassFixture<ServerBeforeUpstream>
{
    [NodeFact]
    public Task WithPassword() => ReadsAndSavesAsync(
        ["authenticateWithPassword", "anna@example.com", "S3cret"], Basic.Of("anna@example.com:S3cret"));

    [NodeFact]
    public Task WithTicket() => ReadsAndSavesAsync(["authenticateWithTicket", "7T:MQAyADMA=="], "SoTicket 7T:MQAyADMA==");

    [NodeFact]
    public Task WithOpaqueToken() => ReadsAndSavesAsync(["authenticateWithToken", "8A:Cust12345.AbCdEf"], "Bearer 8A:Cust12345.AbCdEf");

    private async Task ReadsAndSavesAsync(JsonArray authenticate, string authorization)
    {
        await server.StandIn.AcceptAsync(authorization, "anna@example.com", "Anna Upstream");
        using var client = await VendorClient.StartAsync(new Uri(server.RestUri, $"{ServerBeforeUpstream.Tenant}/"), authenticate, []);
        var key = new JsonObject { ["key"] = "id", ["value"] = "C-7", ["tableName"] = "contact", ["recordId"] = 7 };

        var contact = (await client.CallAgentAsync("getContactAgent", "getContactEntityAsync", 7))!;
        var saved = (await client.CallAsync("saveForeignKeyAsync", key, "erp", "unit", "1"))!;
        var read = (await client.CallAsync("getKeyAsync", "erp", "unit", "id", "contact", (int)contact["contactId"]!))!;

        Assert.Equal("Contact 7", (string?)contact["name"]);
        Assert.Equal(("Anna Upstream", "C-7"), ((string?)saved["updatedBy"], (string?)read["value"]));
    }
}
