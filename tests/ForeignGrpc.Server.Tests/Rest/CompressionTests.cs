using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using ForeignSystem.V1;

namespace ForeignGrpc.Server.Tests;

/// <summary>Content codings: of bodies, which are bounded when they are decompressed, and of answers.</summary>
[Collection(RunningServerGroup.Name)]
public sealed class CompressionTests(RunningServer server)
{
    private readonly HttpClient _rest = server.Rest();

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("GZip", "gzip")]
    [InlineData("x-gzip", "gzip")]
    [InlineData("br", "br")]
    [InlineData("deflate", "zlib")]
    [InlineData("deflate", "bare")]
    [InlineData("identity", "none")]
    [InlineData("", "none")]
    public async Task CompressedBodies_AreRead(string coding, string packing)
    {
        var app = $"packed {Guid.NewGuid():N}";
        var value = string.Concat(Enumerable.Range(0, 900).Select(i => (char)('a' + (i * 7 % 26))));

        foreach (var (type, body) in new[]
        {
            ("application/json", $$"""{"Key":"k","Value":"{{value}}"}"""),
            ("application/xml", $"<ForeignKey><Key>k</Key><Value>{value}</Value></ForeignKey>"),
            ("application/x-www-form-urlencoded", $"Key=k&Value={value}"),
            ("application/merge-patch+json", $$"""{"Key":"k","Value":"{{value}}"}"""),
            ("application/json-patch+json",
                $$"""[{"op":"add","path":"/Key","value":"k"},{"op":"add","path":"/Value","value":"{{value}}"}]"""),
        })
        {
            using var saved = await PutAsync($"ForeignApp/{app}/unit/{type.Length}/Key", coding, Pack(packing, body), type);
            Assert.Equal(value, (string?)(await saved.ReadAsync())!["Value"]);
        }

        using var agent = await PostAsync(
            "Agents/ForeignSystem/GetAppByName", coding, Pack(packing, $$"""{"ApplicationName":"{{app}}"}"""));
        Assert.Equal(app, (string?)(await agent.ReadAsync())!["Name"]);
    }

    [Theory]
    [InlineData("zstd")]
    [InlineData("compress")]
    [InlineData("gzip, gzip")]
    [InlineData("br,gzip")]
    [InlineData("nonsense")]
    public async Task OtherCodings_Are415_WithThoseThatAreRead(string coding)
    {
        using var response = await PutAsync("ForeignApp/coding/unit/1/Key", coding, Pack("gzip", """{"Key":"k"}"""));

        var error = await response.ReadErrorAsync(HttpStatusCode.UnsupportedMediaType);
        Assert.StartsWith($"Content-Encoding is \"{coding}\"", error, StringComparison.Ordinal);
        Assert.Equal("gzip, br, deflate", string.Join(", ", response.Headers.GetValues("Accept-Encoding")));
        Assert.Equal(HttpStatusCode.NotFound, (await _rest.GetAsync("ForeignApp/coding")).StatusCode);
    }

    [Fact]
    public async Task OtherContentTypes_DoNotNameCodings()
    {
        using var response = await PutAsync("ForeignApp/coding/unit/1/Key", "gzip", Pack("gzip", "{}"), "text/plain");

        await response.ReadErrorAsync(HttpStatusCode.UnsupportedMediaType);
        Assert.False(response.Headers.Contains("Accept-Encoding"));
    }

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("br", "br")]
    [InlineData("deflate", "zlib")]
    [InlineData("deflate", "bare")]
    public async Task BodiesThatAreCutShort_Are400_AndSaveNothing(string coding, string packing)
    {
        // A form that is cut short would else be a shorter form.
        var whole = Pack(packing, "Key=k&Value=" + string.Concat(Enumerable.Range(0, 500).Select(i => $"{i * 7919}")));

        foreach (var length in new[] { whole.Length - 1, whole.Length - 3, whole.Length / 2, 5, 1 })
        {
            using var response = await PutAsync("ForeignApp/cut/unit/1/Key", coding, whole[..length], "application/x-www-form-urlencoded");
            Assert.Contains(
                "it does not match its headers", await response.ReadErrorAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await _rest.GetAsync("ForeignApp/cut")).StatusCode);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task BodiesThatAreNotCompressed_Are400(string coding)
    {
        using var response = await PutAsync("ForeignApp/cut/unit/1/Key", coding, Encoding.UTF8.GetBytes("""{"Key":"k","Value":"v"}"""));

        await response.ReadErrorAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task BodyThatIsCompressedTwice_ButSaysOnce_Is400()
    {
        using var response = await PutAsync(
            "ForeignApp/cut/unit/1/Key", "gzip", Pack("gzip", Pack("gzip", Encoding.UTF8.GetBytes("""{"Key":"k","Value":"v"}"""))));

        await response.ReadErrorAsync(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("gzip", "gzip", false)]
    [InlineData("gzip", "gzip", true)]
    [InlineData("br", "br", false)]
    [InlineData("deflate", "zlib", true)]
    public async Task BodiesThatDecompressToTooMuch_Are413(string coding, string packing, bool isChunked)
    {
        var bomb = Pack(packing, new byte[64 * 1024 * 1024]);
        Assert.True(bomb.Length < 100_000, $"{bomb.Length}");

        using var response = await PutAsync("ForeignApp/bomb/unit/1/Key", coding, bomb, isChunked: isChunked);

        Assert.Contains("Limits:BodyBytes", await response.ReadErrorAsync(HttpStatusCode.RequestEntityTooLarge), StringComparison.Ordinal);
        using var most = await PutAsync(
            "ForeignApp/bomb/unit/1/Key", coding, Pack(packing, $$"""{"Key":"k"{{new string(' ', 1_048_576 - 11)}}}"""));
        Assert.Equal(HttpStatusCode.OK, most.StatusCode);
    }

    [Fact]
    public async Task WithoutACredential_ADecompressedBodyIsSmall()
    {
        using var anyone = new HttpClient { BaseAddress = _rest.BaseAddress };
        using var request = Request(
            HttpMethod.Post, "Session/Login", "gzip", Pack("gzip", $$"""{"UserName":"Reader","Password":"{{new string('x', 5_000)}}"}"""));

        using var response = await anyone.SendAsync(request);

        Assert.Contains(
            "AnonymousBodyBytes", await response.ReadErrorAsync(HttpStatusCode.RequestEntityTooLarge), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("br", "br")]
    [InlineData("gzip, deflate, br", "br")]
    [InlineData("gzip;q=1, br;q=0.1", "gzip")]
    [InlineData("deflate", null)]
    [InlineData("identity", null)]
    [InlineData("gzip;q=0", null)]
    [InlineData(null, null)]
    public async Task Answers_AreCompressedOnRequest(string? accepted, string? coding)
    {
        await _rest.PutAsync("ForeignApp/answer/unit/1/Key", Http.Json("""{"Key":"k","Value":"v"}"""));
        foreach (var (path, accept) in new[]
        {
            ("ForeignApp/answer/unit/1/Key/k//0", "application/json"), ("ForeignApp/answer/unit/1/Key/k//0", "application/xml"),
            ("ForeignApp/answer", "application/merge-patch+json"), ("ForeignApp?$filter=appName eq 'answer'", "*/*"),
            ("/openapi/v1.json", "*/*"),
        })
        {
            using var plain = await GetAsync(path, accept, null);
            using var answer = await GetAsync(path, accept, accepted);

            Assert.Equal(coding ?? "", string.Join(", ", answer.Content.Headers.ContentEncoding));
            Assert.Equal(plain.Content.Headers.ContentType, answer.Content.Headers.ContentType);
            Assert.Equal(await plain.Content.ReadAsStringAsync(), Unpack(coding, await answer.Content.ReadAsByteArrayAsync()));
            Assert.Equal(path.StartsWith("Foreign", StringComparison.Ordinal), plain.Headers.Vary.Contains("Accept-Encoding"));
        }
    }

    [Fact]
    public async Task AnswersWithSecrets_AreNotCompressed()
    {
        using var login = Request(
            HttpMethod.Post, "Session/Login", null, Encoding.UTF8.GetBytes("""{"UserName":"Writer","Password":"Writer 🔑:"}"""));
        login.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip, br");
        using var anyone = new HttpClient { BaseAddress = _rest.BaseAddress };

        using var session = await anyone.SendAsync(login);
        using var ticket = Request(HttpMethod.Post, "Session/Tickets", null, Encoding.UTF8.GetBytes("{}"));
        ticket.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip, br");
        using var issued = await _rest.SendAsync(ticket);

        Assert.NotNull((await session.ReadAsync())!["XsrfToken"]);
        Assert.Empty(session.Content.Headers.ContentEncoding);
        Assert.Empty(issued.Content.Headers.ContentEncoding);
        Assert.True(issued.IsSuccessStatusCode, $"{issued.StatusCode}");
    }

    [Fact]
    public async Task LargeAnswers_AreCompressedWhole()
    {
        var app = $"large {Guid.NewGuid():N}";
        for (var i = 0; i < 20; i++)
        {
            await _rest.PutAsync(
                $"ForeignApp/{app}/unit/1/Key", Http.Json($$"""{"Key":"{{i}}","Value":"{{new string('x', 7_900)}}"}"""));
        }

        using var answer = await GetAsync($"ForeignApp?$filter=appName eq '{app}'", "application/json", "gzip");

        var bytes = await answer.Content.ReadAsByteArrayAsync();
        Assert.True(bytes.Length < 20_000, $"{bytes.Length}");
        Assert.Equal(20, JsonNode.Parse(Unpack("gzip", bytes))!["value"]!.AsArray().Count);
    }

    [Fact]
    public async Task Errors_AreCompressedAsWell()
    {
        using var answer = await GetAsync("ForeignApp/none/unit/1", "application/json", "gzip");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.NotNull(JsonNode.Parse(Unpack("gzip", await answer.Content.ReadAsByteArrayAsync()))!["ErrorMessage"]);
    }

    [Fact]
    public async Task GrpcIsUnaffected()
    {
        var call = server.Grpc().PostForeignAppAsync(
            new PostForeignAppRequest { AppName = "coding over grpc" },
            new Grpc.Core.Metadata { { "accept-encoding", "gzip, br" }, { "content-encoding", "zstd" } });

        Assert.Equal("coding over grpc", (await call).ApplicationName);
        Assert.DoesNotContain(await call.ResponseHeadersAsync, header => header.Key == "content-encoding");
    }

    private static byte[] Pack(string packing, string text) => Pack(packing, Encoding.UTF8.GetBytes(text));

    private static byte[] Pack(string packing, byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (Stream packer = packing switch
        {
            "gzip" => new GZipStream(packed, CompressionMode.Compress, leaveOpen: true),
            "br" => new BrotliStream(packed, CompressionMode.Compress, leaveOpen: true),
            "zlib" => new ZLibStream(packed, CompressionMode.Compress, leaveOpen: true),
            "bare" => new DeflateStream(packed, CompressionMode.Compress, leaveOpen: true),
            _ => new BufferedStream(new MemoryStream()),
        })
        {
            packer.Write(bytes);
        }

        return packing == "none" ? bytes : packed.ToArray();
    }

    private static string Unpack(string? coding, byte[] bytes)
    {
        using var packed = new MemoryStream(bytes);
        using Stream unpacker = coding switch
        {
            "gzip" => new GZipStream(packed, CompressionMode.Decompress),
            "br" => new BrotliStream(packed, CompressionMode.Decompress),
            _ => packed,
        };
        using var reader = new StreamReader(unpacker);
        return reader.ReadToEnd();
    }

    private static HttpRequestMessage Request(HttpMethod verb, string path, string? coding, byte[] body, string type = "application/json")
    {
        var request = new HttpRequestMessage(verb, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        if (coding is not null)
        {
            request.Content.Headers.TryAddWithoutValidation("Content-Encoding", coding);
        }

        return request;
    }

    private async Task<HttpResponseMessage> GetAsync(string path, string accept, string? accepted)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Accept", accept);
        if (accepted is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted);
        }

        return await _rest.SendAsync(request);
    }

    private async Task<HttpResponseMessage> PostAsync(string path, string coding, byte[] body) =>
        await _rest.SendAsync(Request(HttpMethod.Post, path, coding, body));

    private async Task<HttpResponseMessage> PutAsync(
        string path, string coding, byte[] body, string type = "application/json", bool isChunked = false)
    {
        var request = Request(HttpMethod.Put, path, coding, body, type);
        request.Headers.TransferEncodingChunked = isChunked;
        return await _rest.SendAsync(request);
    }
}
