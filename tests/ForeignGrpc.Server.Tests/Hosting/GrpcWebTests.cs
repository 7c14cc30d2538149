using System.Net;
using System.Net.Http.Headers;
using System.Text;
using ForeignGrpc.Store.Model;
using ForeignSystem.V1;
using Google.Rpc;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client.Web;

namespace ForeignGrpc.Server.Tests;

/// <summary>grpc-web: the operations and rules of native gRPC, over HTTP/1 and HTTP/2, in binary and base64 bodies.</summary>
[Collection(RunningServerGroup.Name)]
public sealed class GrpcWebTests(RunningServer server)
{
    private const string Service = "foreignsystem.v1.ForeignSystemAgent";
    private const string Page = "https://app.example.com";

    [Theory]
    [InlineData(GrpcWebMode.GrpcWeb, false)]
    [InlineData(GrpcWebMode.GrpcWeb, true)]
    [InlineData(GrpcWebMode.GrpcWebText, false)]
    [InlineData(GrpcWebMode.GrpcWebText, true)]
    public async Task Operations_AreThoseOfNativeGrpc(GrpcWebMode mode, bool overHttp2)
    {
        var app = $"web {mode} {overHttp2}";
        var agent = new ForeignSystemAgent.ForeignSystemAgentClient(server.GrpcWebInvoker(UserRole.Writer, mode, overHttp2));
        var saved = new List<ForeignKey>();
        for (var record = 0; record < 40; record++)
        {
            saved.Add(await agent.SaveForeignKeyAsync(Save(app, record, new string('æ', 8_000 - record))));
        }

        using var stream = server.Grpc().StreamApplicationKeys(new StreamApplicationKeysRequest { ApplicationName = app });
        using var overWeb = agent.StreamApplicationKeys(new StreamApplicationKeysRequest { ApplicationName = app });
        var read = await overWeb.ResponseStream.ReadAllAsync().ToListAsync();

        Assert.All(saved, key => Assert.Equal("The Writer", key.UpdatedBy));
        Assert.Equal(await stream.ResponseStream.ReadAllAsync().ToListAsync(), read);
        Assert.Equal(saved.Select(key => key.KeyValue), read.OrderBy(key => key.RecordId).Select(key => key.KeyValue));
        var health = new Health.HealthClient(server.GrpcWebInvoker(role: null, mode, overHttp2));
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, (await health.CheckAsync(new HealthCheckRequest())).Status);
    }

    [Theory]
    [InlineData(GrpcWebMode.GrpcWeb)]
    [InlineData(GrpcWebMode.GrpcWebText)]
    public async Task Failures_AreThoseOfNativeGrpc_InTheLanguageOfTheCall(GrpcWebMode mode)
    {
        var german = new Metadata { { "accept-language", "de" } };
        var invalid = new GetKeyRequest { ApplicationName = "a", DeviceName = "b", KeyName = "c", RecordId = -1 };
        foreach (var (role, call) in new (UserRole?, Func<ForeignSystemAgent.ForeignSystemAgentClient, AsyncUnaryCall<ForeignKey>>)[]
        {
            (UserRole.Writer, agent => agent.GetKeyAsync(invalid, german)),
            (UserRole.Reader, agent => agent.SaveForeignKeyAsync(Save("web", 1, "v"), german)),
            (null, agent => agent.SaveForeignKeyAsync(Save("web", 1, "v"), german)),
        })
        {
            var native = await FailureAsync(call(server.Grpc(role)));
            var web = await FailureAsync(call(new(server.GrpcWebInvoker(role, mode))));

            Assert.Equal(native.Status.StatusCode, web.StatusCode);
            Assert.Equal(native.Status.Detail, web.Status.Detail);
            Assert.Equal(DetailsOf(native), DetailsOf(web));
        }

        var violation = (await FailureAsync(new ForeignSystemAgent.ForeignSystemAgentClient(server.GrpcWebInvoker(UserRole.Reader, mode))
            .GetKeyAsync(invalid, german))).GetRpcStatus()!.GetDetail<BadRequest>().FieldViolations.Single();
        Assert.Equal("record_id", violation.Field);
    }

    [Theory]
    [InlineData("AAAAAAMKAXg=")]
    [InlineData("AA==AA==AAADCgF4")]
    [InlineData("AAAAAAM=Cg==AXg=")]
    [InlineData("AA==AA==AA==AA==Aw==Cg==AQ==eA==")]
    public async Task Text_MayBeSeveralPiecesOfBase64(string text)
    {
        foreach (var cut in Enumerable.Range(1, text.Length - 1))
        {
            using var body = new PushedContent([text[..cut], text[cut..]]);
            using var response = await PostAsync($"{Service}/GetAppByName", body, "application/grpc-web-text");

            Assert.Equal(StatusCode.NotFound, await response.GrpcStatusAsync());
        }
    }

    [Theory]
    [InlineData("api/v1/Agents/ForeignSystem/GetKey")]
    [InlineData("api/v1/Session/Login")]
    public async Task RestPaths_AreNotForGrpcWeb(string path)
    {
        foreach (var type in new[] { "application/grpc-web", "application/grpc-web-text" })
        {
            using var response = await PostAsync(path, new StringContent("AAAA"), type);

            await response.ReadErrorAsync(HttpStatusCode.UnsupportedMediaType);
        }
    }

    [Fact]
    public async Task UnknownService_IsUnimplemented()
    {
        using var response = await PostAsync("foreignsystem.v1.Nothing/GetKey", new ByteArrayContent([]), "application/grpc-web");

        Assert.Equal(StatusCode.Unimplemented, await response.GrpcStatusAsync());
    }

    [Fact]
    public async Task Deadline_EndsTheCallAtTheServer()
    {
        using var writer = new WriterGate();
        await RunningServer.WithAsync(new RunningServer { Time = writer }, async server =>
        {
            var slow = server.Grpc();
            writer.Close();
            var blocking = slow.SaveForeignKeyAsync(Save("blocks", 1, "v")).ResponseAsync;
            var message = Google.Protobuf.MessageExtensions.ToByteArray(Save("late", 1, "v"));
            using var client = new HttpClient();
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.RestUri, $"{Service}/SaveForeignKey"))
            {
                Content = new ByteArrayContent([0, 0, 0, 0, (byte)message.Length, .. message]),
            };
            request.Content.Headers.ContentType = new("application/grpc-web");
            request.With(Clients.Basic(UserRole.Writer), ("grpc-timeout", "100m"));

            using var response = await client.SendAsync(request);

            Assert.Equal(StatusCode.DeadlineExceeded, await response.GrpcStatusAsync());
            writer.Open();
            await blocking;
        });
    }

    [Fact]
    public async Task Session_NeedsItsXsrfToken()
    {
        var sessions = new SessionAgent.SessionAgentClient(server.GrpcWebInvoker(role: null));
        using var login = sessions.LoginAsync(new LoginRequest { UserName = "Writer", UserPassword = "Writer 🔑:" });
        var cookies = (await login.ResponseHeadersAsync).Where(header => header.Key == "set-cookie");
        var cookie = string.Join("; ", cookies.Select(header => header.Value.Split(';')[0]));
        var token = (await login).XsrfToken;
        var agent = new ForeignSystemAgent.ForeignSystemAgentClient(server.GrpcWebInvoker(role: null));
        var (session, xsrf) = (new Metadata.Entry("cookie", cookie), new Metadata.Entry("x-xsrf-token", token));

        var without = await FailureAsync(agent.SaveForeignKeyAsync(Save("session", 1, "v"), [session]));
        var other = await FailureAsync(agent.SaveForeignKeyAsync(Save("session", 1, "v"), [session, new("x-xsrf-token", token[1..])]));
        var saved = await agent.SaveForeignKeyAsync(Save("session", 1, "v"), [session, xsrf]);

        Assert.Equal((StatusCode.Unauthenticated, StatusCode.Unauthenticated), (without.StatusCode, other.StatusCode));
        Assert.Equal("The Writer", saved.UpdatedBy);
    }

    [Fact]
    public async Task PagesOfAllowedOrigins_ReadTheStatus() => await RunningServer.WithAsync([$"--Cors:Origins:0={Page}"], async server =>
    {
        using var client = new HttpClient { BaseAddress = server.RestUri };
        using var preflight = new HttpRequestMessage(HttpMethod.Options, $"{Service}/GetKey").With(
            ("Origin", Page), ("Access-Control-Request-Method", "POST"),
            ("Access-Control-Request-Headers", "authorization,content-type,grpc-timeout,x-grpc-web,x-user-agent"));
        using var call = new HttpRequestMessage(HttpMethod.Post, $"{Service}/GetKey") { Content = new ByteArrayContent([]) }.With(
            ("Origin", Page));
        call.Content!.Headers.ContentType = new("application/grpc-web");

        using var allowed = await client.SendAsync(preflight);
        using var refused = await client.SendAsync(call);

        Assert.Equal(Page, allowed.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Contains("x-grpc-web", allowed.Headers.GetValues("Access-Control-Allow-Headers").Single(), StringComparison.Ordinal);
        Assert.Equal(StatusCode.Unauthenticated, await refused.GrpcStatusAsync());
        Assert.Equal(Page, refused.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Contains("grpc-status", refused.Headers.GetValues("Access-Control-Expose-Headers").Single(), StringComparison.Ordinal);
    });

    [Fact]
    public async Task Paths_MayHaveThePathBase() => await RunningServer.WithAsync(["--PathBase=/erp/keys"], async server =>
    {
        var agent = new ForeignSystemAgent.ForeignSystemAgentClient(server.GrpcWebInvoker(path: "/erp/keys/"));

        Assert.Equal("v", (await agent.SaveForeignKeyAsync(Save("based", 1, "v"))).KeyValue);
    });

    /// <summary>The details of a failure, without the id that each call has.</summary>
    private static IEnumerable<Google.Protobuf.WellKnownTypes.Any> DetailsOf(RpcException failure) =>
        failure.GetRpcStatus()!.Details.Where(detail => !detail.Is(RequestInfo.Descriptor));

    private static async Task<RpcException> FailureAsync(AsyncUnaryCall<ForeignKey> call) =>
        await Assert.ThrowsAsync<RpcException>(async () => await call);

    private static SaveForeignKeyRequest Save(string app, int record, string value) => new()
    {
        ApplicationName = app,
        DeviceName = "unit",
        ForeignKey = new ForeignKey { KeyName = "k", TableName = "contact", RecordId = record, KeyValue = value },
    };

    private async Task<HttpResponseMessage> PostAsync(string path, HttpContent body, string type)
    {
        using var client = new HttpClient { BaseAddress = server.RestUri };
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = body }.With(
            Clients.Basic(UserRole.Writer), ("Accept", type));
        body.Headers.ContentType = new MediaTypeHeaderValue(type);
        return await client.SendAsync(request);
    }

    /// <summary>A body in parts that are sent by themselves.</summary>
    private sealed class PushedContent(string[] parts) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            foreach (var part in parts)
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes(part));
                await stream.FlushAsync();
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
