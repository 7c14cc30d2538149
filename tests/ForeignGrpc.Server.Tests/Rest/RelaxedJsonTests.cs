using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace ForeignGrpc.Server.Tests;

/// <summary>What Json.NET reads beyond JSON, through every door that takes JSON.</summary>
[Collection(RunningServerGroup.Name)]
public sealed class RelaxedJsonTests(RunningServer server)
{
    private readonly HttpClient _rest = server.Rest();
    private readonly string _app = $"relaxed {Guid.NewGuid():N}";

    [Theory]
    [InlineData("{'Key':'k','Value':'v'}", "v")]
    [InlineData("{Key:'k',Value:'v'}", "v")]
    [InlineData("{ Key : \"k\" , \"Value\":'v' }", "v")]
    [InlineData("{'Key':'k','Value':'say \"hi\"'}", "say \"hi\"")]
    [InlineData("{'Key':'k','Value':'it\\'s'}", "it's")]
    [InlineData("{'Key':'k','Value':\"it's\"}", "it's")]
    [InlineData("""{"Key":"k","Value":"it\'s"}""", "it's")]
    [InlineData("{'Key':'k','Value':'\\u00e6\\\\\\/\\n'}", "æ\\/\n")]
    [InlineData("{\"Key\":\"k\",\"Value\":\"a\nb\tc\r\nd\"}", "a\nb\tc\r\nd")]
    [InlineData("{'Key':'k','Value':'// no comment /* at all */, {x:1}'}", "// no comment /* at all */, {x:1}")]
    [InlineData("// a comment's quote\n{/* and 'another' */ Key:'k', // here too\n Value:'v',}", "v")]
    [InlineData("{$id:'1',Key:'k',Value:'v',_x:[1,{y:true,}],}", "v")]
    [InlineData("{Key:'k',Value:true}", "true")]
    [InlineData("{Key:'k',Value:'blåbær 😀',blåbær:1}", "blåbær 😀")]
    [InlineData("{Key:'k',Value:'v',RecordId:0,CreatedDate:'junk',TableRight:{Mask:255},FieldProperties:{a:{b:['c']}}}", "v")]
    public async Task IsReadAsItsAuthorMeant(string body, string value)
    {
        foreach (var type in new[] { "application/json", "text/json", "application/merge-patch+json" })
        {
            Assert.Equal(value, await SaveAsync(type, body));
        }

        var agent = await _rest.PostAsync(
            "Agents/ForeignSystem/SaveForeignKey",
            Http.Json($"{{foreignKey:{body},ApplicationName:'{_app}','DeviceName':\"unit\"}}"));
        Assert.Equal(value, (string?)(await agent.ReadAsync())!["Value"]);
    }

    [Fact]
    public async Task PatchesAreReadOnce()
    {
        Assert.Equal("b", await SaveAsync(
            "application/json-patch+json", "[{\"op\":\"add\",\"path\":\"/Key\",\"value\":\"k\"},{'op':'add',path:'/Value','value':'b'}]"));
        var id = (int)(await (await _rest.PutAsync($"ForeignApp/{_app}", null)).ReadAsync())!["ForeignAppId"]!;

        // An add that were read twice would add two devices.
        using var patched = await _rest.PatchAsync(
            $"ForeignApp/{id}",
            new StringContent(
                "[{\"op\":\"add\",\"path\":\"/Devices/-\",\"value\":{\"Name\":\"new\"}},{op:'test',path:'/Name',value:'" + _app + "'}]",
                new MediaTypeHeaderValue("application/json-patch+json")));
        Assert.Equal(2, (await patched.ReadAsync())!["Devices"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("{'Key':'k'")]
    [InlineData("{'Key':'k','Value':'v}")]
    [InlineData("{'Key':'k'}}")]
    [InlineData("{Key 'k'}")]
    [InlineData("{Key:k}")]
    [InlineData("{Key:'k',,Value:'v'}")]
    [InlineData("{Key:'k' /* }")]
    [InlineData("{Key:'k',Value:'\\x'}")]
    [InlineData("{a-b:'k'}")]
    [InlineData("'")]
    [InlineData("{'")]
    [InlineData("{\"Key\":\"\\")]
    public async Task WhatIsNeither_Is400_WithThePlaceInTheBody(string body)
    {
        using var response = await _rest.PutAsync($"ForeignApp/{_app}/unit/1/Key", Http.Json(body));

        Assert.StartsWith(
            "Malformed JSON at line 1, byte ", await response.ReadErrorAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await _rest.GetAsync($"ForeignApp/{_app}")).StatusCode);
    }

    [Theory]
    [InlineData("{'RecordId':'x'}", "RecordId must be a 32-bit integer")]
    [InlineData("{kye:'k'}", "ForeignKey has only unknown properties")]
    public async Task RulesHoldAsForJson(string body, string because)
    {
        using var response = await _rest.PutAsync($"ForeignApp/{_app}/unit/1/Key", Http.Json(body));

        Assert.Contains(because, await response.ReadErrorAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    private async Task<string?> SaveAsync(string type, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(type));
        using var response = await _rest.PutAsync($"ForeignApp/{_app}/unit/{type.Length}/Key", content);
        return (string?)(await response.ReadAsync())!["Value"];
    }
}
