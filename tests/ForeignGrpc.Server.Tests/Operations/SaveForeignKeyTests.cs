using System.Net;
using ForeignGrpc.Store.Model;
using ForeignSystem.V1;
using Google.Protobuf;
using Grpc.Core;

namespace ForeignGrpc.Server.Tests;

/// <summary>Saving and reading a key through every door, and what is wrong with a request that is refused.</summary>
[Collection(RunningServerGroup.Name)]
public sealed class SaveForeignKeyTests(RunningServer server)
{
    private static readonly string[] Documented =
    [
        "Key", "Value", "RecordId", "CreatedDate", "UpdatedDate", "UpdatedBy", "CreatedBy", "TableName", "TableRight", "FieldProperties",
    ];

    private readonly HttpClient _rest = server.Rest();
    private readonly string _app = $"app {Guid.NewGuid():N}";

    public static TheoryData<string, string> BadBodies => new()
    {
        { """{"Key":"k",""", "Malformed JSON at line 1" },
        { """{"Key":"k"} {}""", "Malformed JSON" },
        { """{"Key":k}""", "Malformed JSON" },
        { "", "ForeignKey is required" },
        { "null", "ForeignKey is required" },
        { "[]", "ForeignKey must be an object, but is an array" },
        { "\"text\"", "ForeignKey must be an object, but is \"text\"" },
        { "7", "ForeignKey must be an object, but is 7" },
        { """{"Key":["k"]}""", "Key must be a string, but is an array" },
        { """{"RecordId":"abc"}""", "RecordId must be a 32-bit integer, but is \"abc\"" },
        { """{"RecordId":1.5}""", "RecordId must be a 32-bit integer, but is 1.5" },
        { """{"RecordId":2147483648,"TableName":"contact"}""", "RecordId must be a 32-bit integer, but is 2147483648" },
        { """{"RecordId":"-2147483649","TableName":"contact"}""", "RecordId must be a 32-bit integer" },
        { """{"RecordId":{}}""", "RecordId must be a 32-bit integer, but is an object" },
        { """{"RecordId":-1,"TableName":"contact"}""", "RecordId must be 0 or more, but is -1" },
        { """{"RecordId":1}""", "RecordId must be 0 when the table name is blank, but is 1" },
        { """{"RecordId":1,"TableName":""}""", "RecordId must be 0 when the table name is blank" },
        { """{"Key":"\ud83d"}""", "Key is not valid Unicode" },
        { """{"Value":"\ude00x"}""", "Value is not valid Unicode" },
        { $$"""{"Key":"{{new string('k', 240)}}"}""", "Key has 240 characters; at most 239 are allowed" },
        { $$"""{"Value":"{{new string('v', 8_001)}}"}""", "Value has 8,001 characters; at most 8,000 are allowed" },
        { $$"""{"TableName":"{{new string('t', 255)}}"}""", "TableName has 255 characters; at most 254 are allowed" },
        { $$"""{"Other":{{string.Concat(Enumerable.Repeat("[", 1_000))}}{{string.Concat(Enumerable.Repeat("]", 1_000))}}}""",
            "Malformed JSON" },
    };

    [Fact]
    public async Task SavedOverRest_HasTheDocumentedPropertiesInOrder()
    {
        var response = await PutAsync(
            """{"Key":"k","Value":"v","RecordId":748,"TableName":"contact","""
            + """ "CreatedBy":"nemo","CreatedDate":"1994-03-27T09:40:59+02:00"}""");

        var key = (await response.ReadAsync())!.AsObject();
        Assert.Equal("application/json; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Equal(Documented, key.Select(p => p.Key));
        Assert.Equal("The Writer", (string?)key["CreatedBy"]);
        Assert.Equal("The Writer", (string?)key["UpdatedBy"]);
        Assert.Equal((string?)key["CreatedDate"], (string?)key["UpdatedDate"]);
        Assert.Matches(@"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?Z$", (string?)key["CreatedDate"]);
        Assert.InRange(
            DateTimeOffset.Parse((string)key["CreatedDate"]!, null), DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow);
    }

    [Fact]
    public async Task Response_TellsTheWritersRights()
    {
        var key = (await (await PutAsync("""{"Value":"v"}""")).ReadAsync())!;

        Assert.Equal("""{"Mask":"FULL","Reason":""}""", key["TableRight"]!.ToJsonString());
        Assert.Equal(Documented[..8], key["FieldProperties"]!.AsObject().Select(p => p.Key));
        Assert.Equal(
            """{"FieldRight":{"Mask":"Update","Reason":""},"FieldType":"System.String","FieldLength":239}""",
            key["FieldProperties"]!["Key"]!.ToJsonString());
        Assert.Equal("Read", (string?)key["FieldProperties"]!["CreatedDate"]!["FieldRight"]!["Mask"]);
        Assert.Equal("System.DateTime", (string?)key["FieldProperties"]!["CreatedDate"]!["FieldType"]);
        Assert.Equal("System.Int32", (string?)key["FieldProperties"]!["RecordId"]!["FieldType"]);
    }

    [Fact]
    public async Task Response_TellsTheReadersRights()
    {
        await PutAsync("""{"Key":"k","Value":"v"}""");

        var key = (await (await server.Rest(UserRole.Reader).GetAsync($"ForeignApp/{_app}/unit/Key/k//0")).ReadAsync())!;

        Assert.Equal("Select", (string?)key["TableRight"]!["Mask"]);
        Assert.NotEmpty((string)key["TableRight"]!["Reason"]!);
        Assert.All(key["FieldProperties"]!.AsObject(), p => Assert.Equal("Read", (string?)p.Value!["FieldRight"]!["Mask"]));
    }

    [Theory]
    [InlineData("""{"key":"k","VALUE":"v","recordid":5,"tableName":"contact"}""")]
    [InlineData("""{"Key":"k","Value":"v","RecordId":"5","TableName":"CONTACT","Unknown":{"deep":[1,{"x":null}]}}""")]
    [InlineData("""{"key_name":"k","key_value":"v","record_id":5,"table_name":"contact"}""")]
    [InlineData(
        """{"Key":"k","Value":"v","RecordId":5,"TableName":"contact","""
        + """ "CreatedDate":null,"UpdatedBy":null,"TableRight":null,"FieldProperties":null}""")]
    [InlineData(
        """{"Key":"k","Value":"v","RecordId":5,"TableName":"contact","""
        + """ "TableRight":{"Mask":15,"Reason":null},"FieldProperties":{"Key":{"FieldRight":{"Mask":3},"FieldLength":"239"},"X":null}}""")]
    [InlineData(
        """{"Key":"k","Value":"v","RecordId":5,"TableName":"contact","""
        + """ "CreatedDate":"2026-01-31","UpdatedDate":"2026-01-31T10:00:00.123456789"}""")]
    [InlineData(
        """{"Key":"k","Value":"v","RecordId":7.0,"recordId":"5.0","TableName":"contact","""
        + """ "CreatedDate":"0001-01-01T00:00:00","UpdatedDate":"yesterday","CreatedBy":7,"TableRight":"FULL","FieldProperties":[]}""")]
    [InlineData("// a comment\n{\"Key\":\"k\",\"Value\":\"v\",\"RecordId\":5e0,/* another */\"TableName\":\"contact\",}")]
    [InlineData("\uFEFF \n{\"Key\":\"first\",\"Value\":\"v\",\"RecordId\":5,\"TableName\":\"contact\",\"key\":\"k\"}")]
    public async Task BodiesThatOfficialClientsSend_AreUnderstood(string body)
    {
        Assert.Equal(HttpStatusCode.OK, (await PutAsync(body)).StatusCode);

        var found = await server.Grpc().GetKeyAsync(
            new GetKeyRequest { ApplicationName = _app, DeviceName = "unit", KeyName = "k", TableName = "contact", RecordId = 5 });
        Assert.Equal("v", found.KeyValue);
    }

    [Theory]
    [MemberData(nameof(BadBodies))]
    public async Task BadBody_IsRefusedByName_AndChangesNothing(string body, string because)
    {
        var message = await (await PutAsync(body)).ReadErrorAsync(HttpStatusCode.BadRequest);

        Assert.Contains(because, message, StringComparison.Ordinal);
        await AssertNothingSavedAsync();
    }

    [Theory]
    [InlineData(
        """{"foreignKey":{"recordId":"x"},"applicationName":"a","deviceName":"d"}""", "ForeignKey.RecordId must be a 32-bit integer")]
    [InlineData("""{"foreignKey":[],"applicationName":"a","deviceName":"d"}""", "ForeignKey must be an object")]
    [InlineData("""{"foreignKey":{},"deviceName":"d"}""", "ApplicationName must not be blank")]
    [InlineData("null", "ForeignKey is required")]
    public async Task BadAgentBody_IsRefusedByName(string body, string because)
    {
        var response = await _rest.PostAsync("Agents/ForeignSystem/SaveForeignKey", Http.Json(body));

        Assert.Contains(because, await response.ReadErrorAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(254, 31, 239, null)]
    [InlineData(255, 31, 239, "applicationName has 255 characters; at most 254 are allowed")]
    [InlineData(254, 32, 239, "deviceName has 32 characters; at most 31 are allowed")]
    [InlineData(254, 31, 240, "deviceIdentifier has 240 characters; at most 239 are allowed")]
    [InlineData(0, 31, 239, "applicationName must not be blank")]
    public async Task LimitsOfNames_HoldInCharactersNotUnits(int application, int device, int identifier, string? because)
    {
        string[] names = [.. new[] { application, device, identifier }.Select(n => string.Concat(Enumerable.Repeat("😀", n)))];
        var response = await _rest.PutAsync(
            $"ForeignApp/{string.Join('/', names.Select(Uri.EscapeDataString))}/Key", Http.Json("""{"Key":"k"}"""));

        if (because is null)
        {
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
        else
        {
            Assert.Contains(because, await response.ReadErrorAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task SeveralViolations_AreAllNamed()
    {
        var message = await (await PutAsync($$"""{"Key":"{{new string('k', 240)}}","RecordId":-1}""")).ReadErrorAsync(
            HttpStatusCode.BadRequest);

        Assert.Contains("Key has 240", message, StringComparison.Ordinal);
        Assert.Contains("RecordId must be 0 or more", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TooLargeBody_Is413()
    {
        var body = $$"""{"Key":"k","Other":"{{new string('x', 2 * 1024 * 1024)}}"}""";

        foreach (var isChunked in new[] { false, true })
        {
            // A client that sends all of it at once may find the connection closed before it reads why.
            using var request = new HttpRequestMessage(HttpMethod.Put, $"ForeignApp/{_app}/unit/1/Key") { Content = Http.Json(body) };
            request.Headers.ExpectContinue = true;
            request.Headers.TransferEncodingChunked = isChunked;
            await (await _rest.SendAsync(request)).ReadErrorAsync(HttpStatusCode.RequestEntityTooLarge);
        }

        await AssertNothingSavedAsync();
    }

    [Fact]
    public async Task Delete_TakesBlankTableAndRecordZeroAsAny()
    {
        foreach (var record in new[]
        {
            """{"Key":"k"}""", """{"Key":"k","TableName":"contact"}""", """{"Key":"k","TableName":"contact","RecordId":1}""",
        })
        {
            await PutAsync(record);
        }

        var inTable = await _rest.DeleteAsync($"ForeignApp/{_app}/unit/1/Key/k/contact/0");
        Assert.Equal(HttpStatusCode.NoContent, inTable.StatusCode);
        Assert.Null(inTable.Content.Headers.ContentType);
        Assert.Equal(HttpStatusCode.NotFound, (await _rest.GetAsync($"ForeignApp/{_app}/unit/Key/k/contact/1")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await _rest.GetAsync($"ForeignApp/{_app}/unit/Key/k//0")).StatusCode);

        var all = await _rest.PostAsync(
            "Agents/ForeignSystem/DeleteForeignKeyOnName",
            Http.Json(
                $$"""{"applicationName":"{{_app}}","deviceName":"unit","deviceIdentifier":"1","""
                + """ "keyName":"k","tableName":"","recordId":0}"""));
        Assert.Equal(HttpStatusCode.NoContent, all.StatusCode);
        await AssertNothingSavedAsync();
        Assert.Equal(HttpStatusCode.NoContent, (await _rest.DeleteAsync($"ForeignApp/none/unit/1/Key/k/contact/0")).StatusCode);
    }

    [Fact]
    public async Task DeleteWithRecordButNoTable_IsRefused()
    {
        var response = await _rest.DeleteAsync($"ForeignApp/{_app}/unit/1/Key/k//5");

        Assert.Contains(
            "recordId must be 0 when the table name is blank", await response.ReadErrorAsync(HttpStatusCode.BadRequest),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task MissingKey_Is404OverRest_NullOverAgents_NotFoundOverGrpc()
    {
        Assert.Contains(_app, await (await _rest.GetAsync($"ForeignApp/{_app}/unit/1/Key/k/contact/1"))
            .ReadErrorAsync(HttpStatusCode.NotFound), StringComparison.Ordinal);
        foreach (var operation in new[] { "GetKey", "GetKeyValue", "GetKeyOnDeviceIdentifier", "GetKeyValueOnDeviceIdentifier" })
        {
            var agent = await _rest.PostAsync(
                $"Agents/ForeignSystem/{operation}", Http.Json($$"""{"applicationName":"{{_app}}","deviceName":"unit"}"""));
            Assert.Equal(HttpStatusCode.OK, agent.StatusCode);
            Assert.Equal("null", await agent.Content.ReadAsStringAsync());
        }

        var failure = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Grpc().GetKeyAsync(new GetKeyRequest { ApplicationName = _app, DeviceName = "unit" }));
        Assert.Equal(StatusCode.NotFound, failure.StatusCode);
    }

    [Fact]
    public async Task GrpcRefusal_NamesTheFieldInItsDetails()
    {
        var request =
            new SaveForeignKeyRequest { ApplicationName = _app, DeviceName = "unit", ForeignKey = new ForeignKey { RecordId = 5 } };

        var failure = await Assert.ThrowsAsync<RpcException>(async () => await server.Grpc().SaveForeignKeyAsync(request));

        Assert.Equal(StatusCode.InvalidArgument, failure.StatusCode);
        Assert.Contains("foreign_key.record_id", failure.Status.Detail, StringComparison.Ordinal);
        Assert.Contains(
            "foreign_key.record_id", System.Text.Encoding.UTF8.GetString(failure.Trailers.GetValueBytes("grpc-status-details-bin")!),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task GrpcTextThatIsNotUtf8_IsRefused_AndChangesNothing()
    {
        var valid = new SaveForeignKeyRequest
        {
            ApplicationName = _app,
            DeviceName = "unit",
            ForeignKey = new ForeignKey { KeyName = "k", KeyValue = "????" },
        };
        var bytes = valid.ToByteArray();
        bytes.AsSpan(bytes.AsSpan().IndexOf("????"u8), 4).Fill(0xFF);
        var marshaller = Marshallers.Create(message => message, message => message);
        var method = new Method<byte[], byte[]>(
            MethodType.Unary, ForeignSystemAgent.Descriptor.FullName, "SaveForeignKey", marshaller, marshaller);

        var failure = await Assert.ThrowsAsync<RpcException>(
            async () => await server.GrpcInvoker().AsyncUnaryCall(method, null, default, bytes));

        Assert.Equal(StatusCode.InvalidArgument, failure.StatusCode);
        await AssertNothingSavedAsync();
    }

    [Fact]
    public async Task BareValue_IsAJsonString()
    {
        await PutAsync("""{"Key":"k","Value":"a \"q\" é 😀"}""");

        foreach (var path in new[] { $"ForeignApp/{_app}/unit/Key/k//0/Value", $"ForeignApp/{_app}/unit/1/Key/k//0/Value" })
        {
            Assert.Equal("a \"q\" é 😀", (string?)await (await _rest.GetAsync(path)).ReadAsync());
        }
    }

    private Task<HttpResponseMessage> PutAsync(string body) => _rest.PutAsync($"ForeignApp/{_app}/unit/1/Key", Http.Json(body));

    private async Task AssertNothingSavedAsync()
    {
        foreach (var name in new[] { "", "k" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await _rest.GetAsync($"ForeignApp/{_app}/unit/Key/{name}//0")).StatusCode);
        }
    }
}
