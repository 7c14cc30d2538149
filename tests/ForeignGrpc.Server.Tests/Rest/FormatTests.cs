using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using CsCheck;
using ForeignSystem.V1;
using Grpc.Core;

namespace ForeignGrpc.Server.Tests;

/// <summary>XML, forms and patches in; XML out; and what is refused of them.</summary>
[Collection(RunningServerGroup.Name)]
public sealed class FormatTests(RunningServer server)
{
    private const string Xml = "application/xml";
    private const string Form = "application/x-www-form-urlencoded";
    private const string JsonPatch = "application/json-patch+json";
    private const string MergePatch = "application/merge-patch+json";

    private readonly HttpClient _rest = server.Rest();
    private readonly string _app = $"format {Guid.NewGuid():N}";

    public static TheoryData<string, string> DocumentedSample => new()
    {
        {
            "application/json", """
            {"Key":"voluptatibus","Value":"nam","RecordId":748,"CreatedDate":"2007-01-26T09:40:59.224663+01:00","UpdatedBy":"nemo",
            "TableName":"Kreiger, Conn and Roob"}
            """
        },
        {
            Xml, """
            <?xml version="1.0"?>
            <ForeignKey xmlns="http://example.com/any" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><!-- a key -->
              <Key>voluptatibus</Key><value>nam</value><RecordId> 748 </RecordId>
              <CreatedDate>2007-01-26T09:40:59.224663+01:00</CreatedDate><UpdatedDate i:nil="true"/><UpdatedBy>nemo</UpdatedBy>
              <Unknown><Deep>1</Deep></Unknown><TableName>Kreiger, Conn and Roob</TableName><TableRight i:nil="1"/>
            </ForeignKey>
            """
        },
        {
            Form,
            "Key=voluptatibus&value=nam&RecordId=748&CreatedDate=2007-01-26T09%3A40%3A59.224663%2B01%3A00&"
            + "UpdatedBy=nemo&TableName=Kreiger%2C+Conn+and%20Roob&TableRight.Mask=1&x="
        },
        {
            JsonPatch, """
            [{"op":"add","path":"/Key","value":"voluptatibus"},{"op":"add","path":"/Value","value":"nam"},
            {"op":"add","path":"/RecordId","value":748},
             {"op":"add","path":"/UpdatedBy","value":"nemo"},{"op":"replace","path":"/TableName","value":"Kreiger, Conn and Roob"}]
            """
        },
        {
            MergePatch,
            """
            {"Key":"voluptatibus","Value":"nam","RecordId":748,"UpdatedBy":"nemo","TableName":"Kreiger, Conn and Roob",
            "CreatedDate":null}
            """
        },
    };

    [Theory]
    [MemberData(nameof(DocumentedSample))]
    public async Task DocumentedSample_HasOneResult_InEveryFormat(string mediaType, string body)
    {
        using var put = await SendAsync(HttpMethod.Put, $"ForeignApp/{_app}/unit/1/Key", mediaType, body);
        var saved = await put.ReadAsync();
        using var agent = await SendAsync(HttpMethod.Post, "Agents/ForeignSystem/GetKey", "application/json",
            $$"""{"ApplicationName":"{{_app}}","DeviceName":"unit","""
            + """ "KeyName":"voluptatibus","TableName":"kreiger, conn and roob","RecordId":748}""");

        Assert.Equal("nam", (string?)saved!["Value"]);
        Assert.Equal("The Writer", (string?)saved["UpdatedBy"]);
        Assert.Equal(saved.ToJsonString(), (await agent.ReadAsync())!.ToJsonString());
    }

    [Theory]
    [InlineData("application/xml")]
    [InlineData("text/xml; charset=utf-8")]
    [InlineData("application/json;q=0.5, text/xml;q=0.9, */*;q=0.1")]
    public async Task Key_ComesAsXml(string accept)
    {
        await SaveAsync("k & <k>", "a\r\nb\tc\n ");

        using var response = await GetAsync($"ForeignApp/{_app}/unit/1/Key/k%20%26%20%3Ck%3E//0", accept);

        var key = XDocument.Parse(await response.Content.ReadAsStringAsync(), LoadOptions.PreserveWhitespace).Root!;
        Assert.Equal("ForeignKey", key.Name);
        Assert.Equal(["Key", "Value", "RecordId", "CreatedDate", "UpdatedDate", "UpdatedBy", "CreatedBy", "TableName",
            "TableRight", "FieldProperties"],
                key.Elements().Select(element => element.Name.ToString()));
        Assert.Equal("k & <k>", key.Element("Key")!.Value);
        Assert.Equal("a\r\nb\tc\n ", key.Element("Value")!.Value);
        Assert.Equal("239", key.Element("FieldProperties")!.Elements("Entry").Single(entry => entry.Element("Key")!.Value == "Key")
            .Element("Value")!.Element("FieldLength")!.Value);
    }

    [Fact]
    public async Task ListsBareValuesAndNothing_HaveRootsInXml()
    {
        await SaveAsync("k", "v");
        await SaveAsync("l", "v");
        async Task<XElement> AgentAsync(string operation, string request)
        {
            using var message =
                new HttpRequestMessage(HttpMethod.Post, $"Agents/ForeignSystem/{operation}") { Content = Http.Json(request) };
            message.Headers.Accept.ParseAdd(Xml);
            using var response = await _rest.SendAsync(message);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            return XDocument.Parse(await response.Content.ReadAsStringAsync()).Root!;
        }

        var key = $$"""{"ApplicationName":"{{_app}}","DeviceName":"unit","KeyName":"k"}""";
        var keys = await AgentAsync("GetDeviceKeys", key);
        var value = await AgentAsync("GetKeyValue", key);
        var missing = await AgentAsync("GetKey", $$"""{"ApplicationName":"{{_app}}","DeviceName":"unit","KeyName":"missing"}""");
        var noList = await AgentAsync("GetDeviceKeys", $$"""{"ApplicationName":"{{_app}} not","DeviceName":"unit"}""");
        var dictionary = await AgentAsync("GetAllForeignKeysOnEntity", """{"EntityType":"contact","EntityId":2147483646}""");

        Assert.Equal("ArrayOfForeignKey", keys.Name);
        Assert.Equal(["k", "l"], keys.Elements("ForeignKey").Select(element => element.Element("Key")!.Value));
        Assert.Equal(("string", "v"), (value.Name.ToString(), value.Value));
        Assert.Equal("ForeignKey", missing.Name);
        Assert.Equal("true", missing.Attribute(XName.Get("nil", "http://www.w3.org/2001/XMLSchema-instance"))?.Value);
        Assert.Equal("ArrayOfForeignKey", noList.Name);
        Assert.Empty(noList.Elements());
        Assert.Equal("Dictionary", dictionary.Name);
    }

    [Fact]
    public async Task List_ComesAsXml_ByItsFormatParameter()
    {
        await SaveAsync("k", "v");

        using var response = await GetAsync($"ForeignApp?$format=xml&$filter=appName eq '{_app}'", "application/json");

        var list = XDocument.Parse(await response.Content.ReadAsStringAsync()).Root!;
        Assert.Equal("ODataSlimResponse", list.Name);
        Assert.Equal("v", list.Element("value")!.Elements().Single().Element("keyValue")!.Value);
    }

    [Theory]
    [InlineData("application/xml")]
    [InlineData("application/json")]
    public async Task WhatIsRead_CanBePutBack(string mediaType)
    {
        await SaveAsync("k", "v");
        using var device = await SendAsync(HttpMethod.Post, $"ForeignApp/{_app}/second/2", "application/json", "");
        foreach (var (path, putPath) in new[]
        {
            ($"ForeignApp/{_app}/unit/1/Key/k//0", $"ForeignApp/{_app}/unit/1/Key"),
            ($"ForeignApp/{_app}/second/2", $"ForeignApp/{_app}/second/2"),
            ($"ForeignApp/{await AppIdAsync()}", $"ForeignApp/{await AppIdAsync()}"),
        })
        {
            using var read = await GetAsync(path, mediaType);
            var body = await read.Content.ReadAsStringAsync();
            using var put = await SendAsync(HttpMethod.Put, putPath, mediaType, body, mediaType);

            Assert.Equal(HttpStatusCode.OK, put.StatusCode);
            using var again = await GetAsync(path, mediaType);
            Assert.Equal(WithoutUpdate(body), WithoutUpdate(await again.Content.ReadAsStringAsync()));
            Assert.Equal(WithoutUpdate(body), WithoutUpdate(await put.Content.ReadAsStringAsync()));
        }
    }

    [Fact]
    public async Task AnyText_ComesBackExactly_ThroughEveryFormat()
    {
        var name = 0;
        await Gen.String.Where(text => !text.Any(char.IsSurrogate)).SampleAsync(
            async text =>
            {
                var key = $"k{Interlocked.Increment(ref name)}";
                var isXml = text.All(System.Xml.XmlConvert.IsXmlChar);
                var bodies = new List<(string MediaType, string Body)>
                {
                    (Form, $"Key={key}&Value={Uri.EscapeDataString(text)}"),
                    (JsonPatch, new JsonArray(Add("Key", key), Add("Value", text)).ToJsonString()),
                    (MergePatch, new JsonObject { ["Key"] = key, ["Value"] = text }.ToJsonString()),
                };
                if (isXml)
                {
                    bodies.Add((Xml, new XElement("ForeignKey", new XElement("Key", key), new XElement("Value", text)).ToString(
                        SaveOptions.DisableFormatting)
                        .Replace("\r", "&#xD;", StringComparison.Ordinal)));
                }

                foreach (var (mediaType, body) in bodies)
                {
                    using var put = await SendAsync(HttpMethod.Put, $"ForeignApp/{_app}/unit/1/Key", mediaType, body);
                    Assert.Equal(HttpStatusCode.OK, put.StatusCode);
                    using var read = await GetAsync($"ForeignApp/{_app}/unit/1/Key/{key}//0/Value", Xml);
                    var answer = await read.Content.ReadAsStringAsync();
                    Assert.Equal(isXml ? Xml : "application/json", read.Content.Headers.ContentType!.MediaType);
                    Assert.Equal(
                        text, isXml
                            ? XDocument.Parse(answer, LoadOptions.PreserveWhitespace).Root!.Value
                            : (string?)JsonNode.Parse(answer));
                }
            },
            iter: 60);

        static JsonObject Add(string property, string value) => new() { ["op"] = "add", ["path"] = $"/{property}", ["value"] = value };
    }

    [Fact]
    public async Task Patch_ChangesTheStoredKey_OrNothing()
    {
        await SaveAsync("k", "old");
        const string Name = """{"op":"add","path":"/Key","value":"k"}""";

        using var failed = await SendAsync(HttpMethod.Put, $"ForeignApp/{_app}/unit/1/Key", JsonPatch,
            $$"""[{{Name}},{"op":"test","path":"/Value","value":"other"},{"op":"replace","path":"/Value","value":"lost"}]""");
        Assert.Contains("/Value", await failed.ReadErrorAsync(HttpStatusCode.Conflict), StringComparison.Ordinal);
        Assert.Equal("old", await ValueAsync("k"));

        using var done = await SendAsync(HttpMethod.Post, $"ForeignApp/{_app}/unit/1/Key", JsonPatch,
            $$"""[{{Name}},{"op":"test","path":"/Value","value":"old"},{"op":"replace","path":"/Value","value":"new"}]""");
        Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        Assert.Equal("new", await ValueAsync("k"));

        using var merged = await SendAsync(HttpMethod.Put, $"ForeignApp/{_app}/unit/1/Key", MergePatch, """{"Key":"k"}""");
        Assert.Equal("new", (string?)(await merged.ReadAsync())!["Value"]);

        using var fresh = await SendAsync(HttpMethod.Put, $"ForeignApp/{_app}/unit/1/Key", JsonPatch,
            """[{"op":"test","path":"/Value","value":""},{"op":"add","path":"/Key","value":"fresh"},"""
            + """{"op":"add","path":"/Value","value":"first"}]""");
        Assert.Equal("first", (string?)(await fresh.ReadAsync())!["Value"]);

        using var noOp = await SendAsync(HttpMethod.Put, $"ForeignApp/{_app}/unit/1/Key", JsonPatch, """[{"op":"move","path":"/Value"}]""");
        Assert.Contains(
            "must be add, replace, remove or test", await noOp.ReadErrorAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.50", "1.50", "7")]
    [InlineData("-0.10", "-0.10", "7.0")]
    [InlineData("12345678901234567890123", "12345678901234567890123", "\"7\"")]
    [InlineData("1E5", "1E5", "7e0")]
    [InlineData("true", "true", "\"7.0\"")]
    public async Task NumberForATextOfAPatch_IsTheTextAsWritten(string value, string stored, string record)
    {
        var merge = $$"""{"Key":"k","Value":{{value}},"TableName":"contact","RecordId":{{record}} }""";
        using var merged = await SendAsync(HttpMethod.Put, $"ForeignApp/{_app}/unit/1/Key", MergePatch, merge);
        var key = (await merged.ReadAsync())!;
        Assert.Equal((stored, 7), ((string?)key["Value"], (int)key["RecordId"]!));

        using var tested = await SendAsync(HttpMethod.Put, $"ForeignApp/{_app}/unit/1/Key", JsonPatch,
            """[{"op":"add","path":"/Key","value":"k"},{"op":"add","path":"/TableName","value":"contact"},"""
            + $$"""{"op":"add","path":"/RecordId","value":{{record}}},{"op":"test","path":"/RecordId","value":{{record}}},"""
            + $$"""{"op":"test","path":"/Value","value":{{value}}},{"op":"replace","path":"/Value","value":0.0}]""");
        Assert.Equal("0.0", (string?)(await tested.ReadAsync())!["Value"]);
    }

    [Fact]
    public async Task Changes_OverGrpc_AreTheSamePatch()
    {
        var request = new SaveForeignKeyRequest
        {
            ApplicationName = _app,
            DeviceName = "unit",
            DeviceIdentifier = "1",
            ForeignKey = new ForeignKey { KeyName = "k", KeyValue = "first" },
            Changes =
                { new PatchOperation { Op = "test", Path = "/Value", Value = Google.Protobuf.WellKnownTypes.Value.ForString("first") } },
        };

        Assert.Equal("first", (await server.Grpc().SaveForeignKeyAsync(request)).KeyValue);
        request.Changes[0].Value.StringValue = "second";
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await server.Grpc().SaveForeignKeyAsync(request));

        Assert.Equal(StatusCode.Aborted, failure.StatusCode);
    }

    [Fact]
    public async Task Forms_ReachIntoCarriers()
    {
        using var saved = await SendAsync(HttpMethod.Post, "Agents/ForeignSystem/SaveForeignKey", Form,
            $"applicationName={_app}&DeviceName=unit&DeviceIdentifier=1&ForeignKey.Key=k&foreignKey[value]=v%C3%A9&ForeignKey.RecordId=");
        Assert.Equal("vé", (string?)(await saved.ReadAsync())!["Value"]);

        using var app = await SendAsync(
            HttpMethod.Post, "ForeignApp", Form, $"Name={_app}&Devices[0].Name=a&Devices.1.Name=b&Devices[1].DeviceIdentifier=2");
        Assert.Equal(["unit", "a", "b"], (await app.ReadAsync())!["Devices"]!.AsArray().Select(device => (string?)device!["Name"]));
    }

    [Theory]
    [InlineData(Form, "RecordId=x", "RecordId must be a 32-bit integer, but is \"x\"")]
    [InlineData(
        Form, "{\"Key\":\"k\"}",
        "only unknown properties; ForeignKey has Key, Value, RecordId, TableName. Send JSON as application/json")]
    [InlineData(Form, "Key=%zz", "has an incomplete percent escape")]
    [InlineData(Form, "Key=%FF", "does not decode to UTF-8")]
    [InlineData(Form, "Key.x=1", "names a property of Key, which is a single value")]
    [InlineData(Xml, "<ForeignKey><RecordId>x</RecordId></ForeignKey>", "RecordId must be a 32-bit integer, but is \"x\"")]
    [InlineData(Xml, "<Key>k</Key>", "root element must be ForeignKey, but is \"Key\"")]
    [InlineData(Xml, "<ForeignKey>text</ForeignKey>", "must have elements, but has the text \"text\"")]
    [InlineData(Xml, "<ForeignKey><Key><b>k</b></Key></ForeignKey>", "Key must be text, but has the element \"b\"")]
    [InlineData(Xml, "<ForeignKey><Key>k</ForeignKey>", "Malformed XML at line 1")]
    [InlineData(Xml, "<ForeignKey/><ForeignKey/>", "Malformed XML")]
    [InlineData(Xml, "   ", "Malformed XML")]
    [InlineData(Xml, "<ForeignKey><Key>&#0;</Key></ForeignKey>", "Malformed XML")]
    [InlineData(Xml, "<!DOCTYPE ForeignKey><ForeignKey><Key>k</Key></ForeignKey>", "Malformed XML")]
    [InlineData(
        Xml, "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><ForeignKey><Key>&e;</Key></ForeignKey>",
        "document type declarations are not allowed")]
    [InlineData(
        Xml,
        "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">]><ForeignKey><Key>&b;</Key></ForeignKey>",
        "document type declarations are not allowed")]
    [InlineData(JsonPatch, "{}x", "Malformed JSON")]
    [InlineData(JsonPatch, "[{\"op\":\"add\",\"path\":\"/Nowhere\",\"value\":1}]", "only unknown properties; ForeignKey has")]
    [InlineData(MergePatch, "7", "must be an array")]
    public async Task BadBody_IsRefused_AndChangesNothing(string mediaType, string body, string because)
    {
        using var response = await SendAsync(HttpMethod.Put, $"ForeignApp/{_app}/unit/1/Key", mediaType, body);

        Assert.Contains(because, await response.ReadErrorAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
        using var app = await _rest.GetAsync($"ForeignApp/{_app}");
        Assert.Equal(HttpStatusCode.NotFound, app.StatusCode);
    }

    [Theory]
    [InlineData(Xml)]
    [InlineData("application/json")]
    public async Task DeepNesting_IsRefused(string mediaType)
    {
        const int Deep = 10_000;
        var open = mediaType == Xml ? "<ForeignKey>" : "{\"TableRight\":";
        var body = string.Concat(Enumerable.Repeat(open, Deep)) + string.Concat(
            Enumerable.Repeat(mediaType == Xml ? "</ForeignKey>" : "}", Deep));

        using var response = await SendAsync(HttpMethod.Put, $"ForeignApp/{_app}/unit/1/Key", mediaType, body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Theory]
    [InlineData("utf-7")]
    [InlineData("utf-8-overlong")]
    [InlineData("x-user-defined")]
    public async Task UnknownCharset_Is415(string charset)
    {
        using var content = new ByteArrayContent("<ForeignKey><Key>k</Key></ForeignKey>"u8.ToArray());
        content.Headers.TryAddWithoutValidation("Content-Type", $"{Xml}; charset={charset}");
        using var response = await _rest.PutAsync($"ForeignApp/{_app}/unit/1/Key", content);

        Assert.Contains(charset, await response.ReadErrorAsync(HttpStatusCode.UnsupportedMediaType), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/xml; charset=utf-16", "utf-16")]
    [InlineData("application/xml", "utf-16")]
    [InlineData("application/xml; charset=iso-8859-1", "iso-8859-1")]
    [InlineData("application/x-www-form-urlencoded; charset=utf-8", "utf-8")]
    [InlineData("application/json; charset=\"utf-16\"", "utf-16")]
    public async Task DeclaredCharset_IsHonoured(string contentType, string encoding)
    {
        var body = contentType.Contains("xml", StringComparison.Ordinal) ? "<ForeignKey><Key>k</Key><Value>é</Value></ForeignKey>"
            : contentType.Contains("json", StringComparison.Ordinal) ? """{"Key":"k","Value":"é"}""" : "Key=k&Value=é";
        var bytes = Encoding.GetEncoding(encoding);
        using var content = new ByteArrayContent([.. bytes.GetPreamble(), .. bytes.GetBytes(body)]);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        using var response = await _rest.PutAsync($"ForeignApp/{_app}/unit/1/Key", content);

        Assert.Equal("é", (string?)(await response.ReadAsync())!["Value"]);
    }

    [Fact]
    public async Task Overlong_Utf8_IsRefused()
    {
        foreach (var mediaType in new[] { Xml, "application/json" })
        {
            byte[] slash = [0xC0, 0xAF];
            byte[] body = mediaType == Xml
                ? [.. "<ForeignKey><Key>"u8, .. slash, .. "</Key></ForeignKey>"u8]
                : [.. "{\"Key\":\""u8, .. slash, .. "\"}"u8];
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(mediaType);
            using var response = await _rest.PutAsync($"ForeignApp/{_app}/unit/1/Key", content);

            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        }
    }

    [Fact]
    public async Task Errors_ComeInTheFormatThatIsAskedFor()
    {
        using var missing = await GetAsync($"ForeignApp/{_app}", "text/xml");
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.Equal("text/xml", missing.Content.Headers.ContentType!.MediaType);
        var error = XDocument.Parse(await missing.Content.ReadAsStringAsync()).Root!;
        Assert.Equal(
            ["Error", "ErrorType", "ErrorMessage", "Message", "ErrorSource", "TraceId"], error.Elements().Select(
                element => element.Name.ToString()));
        Assert.Equal("SoNotFoundException", error.Element("ErrorType")!.Value);

        using var nothing = await GetAsync($"ForeignApp/{_app}", "image/png");
        await nothing.ReadErrorAsync(HttpStatusCode.NotFound);

        using var unread = await SendAsync(HttpMethod.Put, $"ForeignApp/{_app}/unit/1/Key", "text/plain", "k");
        Assert.Contains(Form, await unread.ReadErrorAsync(HttpStatusCode.UnsupportedMediaType), StringComparison.Ordinal);

        using var patch = await SendAsync(HttpMethod.Patch, "ForeignApp/1", Xml, "<Changes/>");
        Assert.Contains(JsonPatch, await patch.ReadErrorAsync(HttpStatusCode.UnsupportedMediaType), StringComparison.Ordinal);
    }

    private static string WithoutUpdate(string body) =>
        System.Text.RegularExpressions.Regex.Replace(body, """(UpdatedDate"?[>:]"?)[^<"]*""", "$1");

    private async Task SaveAsync(string key, string value) => await server.Grpc().SaveForeignKeyAsync(new SaveForeignKeyRequest
    {
        ApplicationName = _app,
        DeviceName = "unit",
        DeviceIdentifier = "1",
        ForeignKey = new ForeignKey { KeyName = key, KeyValue = value },
    });

    private async Task<string> ValueAsync(string key) => (await server.Grpc().GetKeyAsync(
        new GetKeyRequest { ApplicationName = _app, DeviceName = "unit", KeyName = key })).KeyValue;

    private async Task<int> AppIdAsync() =>
        (await server.Grpc().GetAppByNameAsync(new GetAppByNameRequest { ApplicationName = _app })).ForeignAppId;

    private async Task<HttpResponseMessage> GetAsync(string path, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        return await _rest.SendAsync(request);
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, string mediaType, string body, string accept = "application/json")
    {
        using var request = new HttpRequestMessage(method, path) { Content = new StringContent(body, Encoding.UTF8, mediaType) };
        request.Headers.TryAddWithoutValidation("Accept", accept);
        return await _rest.SendAsync(request);
    }
}
