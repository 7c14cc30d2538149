using System.Net;
using System.Text.RegularExpressions;
using ForeignGrpc.Server.Calls;
using ForeignGrpc.Server.Operations;
using ForeignGrpc.Server.Rest;
using ForeignGrpc.Server.Security;
using ForeignGrpc.Store;
using ForeignGrpc.Store.Model;
using ForeignSystem.V1;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ForeignGrpc.Server.Tests;

/// <summary>Every operation, with every credential that must not let a call through, over REST and gRPC.</summary>
public sealed class AccessTests : IAsyncLifetime
{
    private static readonly Marshaller<byte[]> Bytes = new(bytes => bytes, bytes => bytes);

    /// <summary>Routes of operations on sessions.</summary>
    private const int Sessions = 4;

    /// <summary>Routes beside the documented operations: of the archive, of records' keys, of the caller, of time zones.</summary>
    private const int Neighbours = 4 + 9 + 3 + 3;

    /// <summary>The operations that need no credential.</summary>
    private static readonly string[] ForAnyone =
    [
        nameof(SessionAgent.SessionAgentClient.Login), nameof(ServerAgent.ServerAgentClient.GetApiVersions),
        nameof(ServerAgent.ServerAgentClient.GetTenantState),
    ];

    private static readonly MethodDescriptor[] Methods =
    [
        .. new[] { ForeignSystemAgent.Descriptor, SessionAgent.Descriptor, ServerAgent.Descriptor }.SelectMany(service => service.Methods)
            .Where(method => !ForAnyone.Contains(method.Name)),
    ];

    private readonly Tokens _tokens = new();
    private readonly RunningServer _server;

    public AccessTests() => _server = new RunningServer { Settings = _tokens.Settings };

    public static TheoryData<string> BadCredentials =>
        [
            "none", "nonsense", "unknown scheme", "malformed basic", "expired ticket", "unknown ticket",
            "ticket of a disabled user", "session as ticket",
            "wrong signature", "alg none", "signed by the public key", "expired token", "token for others", "token of others",
            "token of nobody", "token with a long name",
            "token of a disabled user", "cookie without token", "token of another session", "expired session",
            "ticket as session", "two credentials",
        ];

    public Task InitializeAsync() => _server.InitializeAsync();

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _tokens.Dispose();
    }

    [Fact]
    public void Page_TellsWhomEveryOperationIsFor()
    {
        var told = Regex.Matches(
                Pages.Read("docs/api.md"),
                @"^\| (?<names>\w+(, \w+)*) \|.*\| (?<role>reader|writer|admin|anyone) \|$", RegexOptions.Multiline)
            .SelectMany(row => row.Groups["names"].Value.Split(", "), (row, name) => (name, row.Groups["role"].Value));

        Assert.Equal(Methods.Select(method => (method.Name, $"{RoleOf(method)}".ToLowerInvariant()))
            .Concat(ForAnyone.Select(name => (name, "anyone"))).Order(), told.Order());
    }

    [Theory]
    [MemberData(nameof(BadCredentials))]
    public async Task NoOperation_LetsABadCredentialThrough(string which)
    {
        await SaveAsync();
        var headers = await HeadersAsync(which);
        using var rest = _server.Rest(role: null);
        foreach (var operation in RestOperations())
        {
            using var response = await rest.SendAsync(Call(operation, headers));
            await response.ReadErrorAsync(HttpStatusCode.Unauthorized);
            Assert.Equal(["Basic", "SoTicket", "Bearer"], response.Headers.WwwAuthenticate.Select(challenge => challenge.Scheme));
            Assert.False(response.Headers.Contains("Set-Cookie"));
        }

        foreach (var method in Methods)
        {
            Assert.Equal(StatusCode.Unauthenticated, await CallAsync(method, headers));
        }

        await AssertNothingChangedAsync();
    }

    [Fact]
    public async Task NoWritersOperation_LetsAReaderThrough()
    {
        await SaveAsync();
        var token = _tokens.Sign(role: "key readers");
        foreach (var headers in new[] { Basic(UserRole.Reader), await TicketAsync(UserRole.Reader), Bearer(token) })
        {
            using var rest = _server.Rest(role: null);
            var operations = RestOperations().Where(operation => RoleOf(operation.Method) > UserRole.Reader).ToList();
            Assert.NotEmpty(operations);
            foreach (var operation in operations)
            {
                using var response = await rest.SendAsync(Call(operation, headers));
                await response.ReadErrorAsync(HttpStatusCode.Forbidden);
            }

            foreach (var method in Methods.Where(method => RoleOf(method) > UserRole.Reader))
            {
                Assert.Equal(StatusCode.PermissionDenied, await CallAsync(method, headers));
            }
        }

        await AssertNothingChangedAsync();
    }

    [Theory]
    [InlineData(UserRole.Reader)]
    [InlineData(UserRole.Writer)]
    [InlineData(UserRole.Admin)]
    public async Task EveryOperation_LetsThroughWhomItIsFor_ByEachWayIn(UserRole role)
    {
        Func<Task<(string Name, string Value)[]>>[] ways =
        [
            () => Task.FromResult(Basic(role)), () => TicketAsync(role), () => SessionAsync(role),
            () => Task.FromResult(Bearer(
                _tokens.Sign(role: role switch { UserRole.Reader => "key readers", UserRole.Writer => "key writers", _ => "key admins" }))),
        ];
        using var rest = _server.Rest(role: null);
        foreach (var way in ways)
        {
            // Tickets are for users of this service, not for bearers of another's token.
            bool Refuses(MethodDescriptor method) =>
                role < RoleOf(method) || (way == ways[^1] && method.Name == nameof(SessionAgent.SessionAgentClient.CreateTicket));
            foreach (var operation in RestOperations())
            {
                using var response = await rest.SendAsync(Call(operation, await way()));
                Assert.NotEqual(HttpStatusCode.Unauthorized, response.StatusCode);
                Assert.True(
                    response.StatusCode == HttpStatusCode.Forbidden == Refuses(operation.Method),
                    $"{operation.Verb} {operation.Template.Documented} answers {response.StatusCode} to a {role}.");
            }

            foreach (var method in Methods)
            {
                var status = await CallAsync(method, await way());
                Assert.NotEqual(StatusCode.Unauthenticated, status);
                Assert.True(status == StatusCode.PermissionDenied == Refuses(method), $"{method.FullName} answers {status} to a {role}.");
            }
        }
    }

    [Fact]
    public async Task TokenWithoutAKnownRole_IsAllowedNothing()
    {
        using var rest = _server.Rest(role: null);
        foreach (var operation in RestOperations())
        {
            using var response = await rest.SendAsync(Call(operation, Bearer(_tokens.Sign(role: "cooks"))));
            await response.ReadErrorAsync(HttpStatusCode.Forbidden);
        }
    }

    [Fact]
    public async Task DisabledUser_IsShutOutAtOnce_OnEveryPath()
    {
        await SaveAsync();
        (string Name, string Value)[][] ways =
        [
            Basic(UserRole.Writer), await TicketAsync(UserRole.Writer), await SessionAsync(UserRole.Writer),
            Bearer(_tokens.Sign(subject: "Writer")),
        ];
        foreach (var headers in ways)
        {
            Assert.Equal(HttpStatusCode.OK, await ReadKeyAsync(headers));
        }

        var users = _server.Services.GetRequiredService<UserChanges>();
        await users.ChangeAsync("Writer", new UserChange(Disabled: true), default);
        foreach (var headers in ways)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await ReadKeyAsync(headers));
        }

        await users.ChangeAsync("Writer", new UserChange(Disabled: false), default);
        Assert.Equal(HttpStatusCode.OK, await ReadKeyAsync(ways[0]));
        Assert.Equal(HttpStatusCode.Unauthorized, await ReadKeyAsync(ways[1]));
        Assert.Equal(HttpStatusCode.Unauthorized, await ReadKeyAsync(ways[2]));
    }

    [Fact]
    public async Task ChangedRoleAndPassword_CountAtOnce()
    {
        await SaveAsync();
        var users = _server.Services.GetRequiredService<UserChanges>();
        using var rest = _server.Rest(UserRole.Writer);
        Assert.Equal(HttpStatusCode.OK, (await rest.PutAsync("ForeignApp/access", null)).StatusCode);

        await users.ChangeAsync("Writer", new UserChange(Role: UserRole.Reader), default);
        Assert.Equal(HttpStatusCode.Forbidden, (await rest.PutAsync("ForeignApp/access", null)).StatusCode);

        await users.ChangeAsync("Writer", new UserChange(PasswordHash: new Passwords().Hash("other")), default);
        Assert.Equal(HttpStatusCode.Unauthorized, (await rest.GetAsync("ForeignApp/access")).StatusCode);
    }

    [Fact]
    public async Task TokensBearer_IsACaller_WithTheMappedRole()
    {
        var saved = await _server.Grpc(role: null).SaveForeignKeyAsync(
            Save(), new Metadata { { "authorization", $"bearer {_tokens.Sign()}" } });
        Assert.Equal("The Robot", saved.UpdatedBy);
        Assert.Equal("FULL", saved.TableRight.RightMask);

        using var rest = _server.Rest(role: null);
        rest.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Bearer {_tokens.Sign(role: "key readers")}");
        Assert.Equal(
            "Select", (string?)(await (await rest.GetAsync("ForeignApp/access/unit/Key/k//0")).ReadAsync())!["TableRight"]!["Mask"]);
        using var noTicket = await rest.PostAsync("Session/Tickets", null);
        await noTicket.ReadErrorAsync(HttpStatusCode.Forbidden);
    }

    private static SaveForeignKeyRequest Save() => new()
    {
        ApplicationName = "access",
        DeviceName = "unit",
        ForeignKey = new ForeignKey { KeyName = "k", KeyValue = "v" },
    };

    private static UserRole RoleOf(MethodDescriptor method)
    {
        var service = method.Service == SessionAgent.Descriptor ? typeof(SessionAgentService)
            : method.Service == ServerAgent.Descriptor ? typeof(ServerAgentService)
            : typeof(ForeignSystemAgentService);
        return service.GetMethod(method.Name)!.GetCustomAttributes(
            typeof(RequiresRoleAttribute), false).Cast<RequiresRoleAttribute>().Single().Role;
    }

    private static (string Name, string Value)[] Basic(UserRole role) => [("authorization", RunningServer.Credential(role))];

    private static (string Name, string Value)[] Bearer(string token) => [("authorization", $"Bearer {token}")];

    private static (string Name, string Value)[] Ticket(string secret) => [("authorization", $"SoTicket {secret}")];

    private static HttpRequestMessage Call(RestOperation operation, (string Name, string Value)[] headers)
    {
        var path = string.Join('/', operation.Template.Documented.Split('/').Select(segment => !segment.StartsWith('{') ? segment
            : segment is "{id}" or "{recordId}" or "{ticketId}" ? "1"
            : segment == "{applicationName}" ? "access"
            : segment == "{deviceName}" ? "unit" : "x"));
        var request = new HttpRequestMessage(new HttpMethod(operation.Verb), path);
        if (operation.TakesBody)
        {
            request.Content = Http.Json(operation.TakesPatch ? "[]" : "{}");
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    private List<RestOperation> RestOperations()
    {
        var operations = _server.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .Select(endpoint => endpoint.Metadata.GetMetadata<RestOperation>())
            .OfType<RestOperation>()
            .Where(operation => !ForAnyone.Contains(operation.Method.Name))
            .ToList();
        Assert.Equal(54 + Sessions + Neighbours, operations.Count);
        return operations;
    }

    private async Task<StatusCode> CallAsync(MethodDescriptor method, (string Name, string Value)[] headers)
    {
        var metadata = new Metadata();
        foreach (var (name, value) in headers)
        {
            metadata.Add(name.ToLowerInvariant(), value);
        }

        var call = new Method<byte[], byte[]>(
            method.IsServerStreaming ? MethodType.ServerStreaming : MethodType.Unary, method.Service.FullName, method.Name, Bytes, Bytes);
        var invoker = _server.GrpcInvoker(role: null);
        try
        {
            if (method.IsServerStreaming)
            {
                using var stream = invoker.AsyncServerStreamingCall(call, null, new CallOptions(metadata), []);
                await stream.ResponseStream.MoveNext(default);
            }
            else
            {
                await invoker.AsyncUnaryCall(call, null, new CallOptions(metadata), []);
            }

            return StatusCode.OK;
        }
        catch (RpcException e)
        {
            return e.StatusCode;
        }
    }

    private async Task<(string Name, string Value)[]> HeadersAsync(string which)
    {
        var users = _server.Services.GetRequiredService<UserChanges>();
        switch (which)
        {
            case "none":
                return [];
            case "nonsense":
                return [("authorization", "nonsense")];
            case "unknown scheme":
                return [("authorization", "Digest username=\"Writer\"")];
            case "malformed basic":
                return [("authorization", "Basic !!!")];
            case "unknown ticket":
                return Ticket(RunningServer.NewSecret());
            case "expired ticket" or "expired session":
                var kind = which == "expired ticket" ? TicketKind.Ticket : TicketKind.Session;
                var old = await _server.AddTicketAsync("Writer", kind, DateTimeOffset.UtcNow.AddSeconds(-1));
                return kind == TicketKind.Ticket ? Ticket(old) : Session(old, Tickets.XsrfTokenOf(old));
            case "ticket of a disabled user":
                var ticket = await TicketAsync(UserRole.Writer);
                await users.ChangeAsync("Writer", new UserChange(Disabled: true), default);
                return ticket;
            case "token of a disabled user":
                await users.ChangeAsync("Admin", new UserChange(Disabled: true), default);
                return Bearer(_tokens.Sign(subject: "Admin"));
            case "session as ticket":
                return Ticket((await SessionAsync(UserRole.Writer))[0].Value.Split('=')[1].Replace("%3A", ":", StringComparison.Ordinal));
            case "ticket as session":
                var secret = (await TicketAsync(UserRole.Writer))[0].Value.Split(' ')[1];
                return Session(secret, Tickets.XsrfTokenOf(secret));
            case "wrong signature":
                return Bearer(_tokens.Sign(byAnother: true));
            case "alg none":
                return Bearer(_tokens.Unsigned());
            case "signed by the public key":
                return Bearer(_tokens.SignedByPublicKey());
            case "expired token":
                return Bearer(_tokens.Sign(minutes: -10));
            case "token for others":
                return Bearer(_tokens.Sign(audience: "others"));
            case "token of others":
                return Bearer(_tokens.Sign(issuer: "https://evil.example.com"));
            case "token of nobody":
                return Bearer(_tokens.Sign(subject: null));
            case "token with a long name":
                return Bearer(_tokens.Sign(name: new string('n', 255)));
            case "cookie without token":
                return [(await SessionAsync(UserRole.Writer))[0]];
            case "token of another session":
                return [(await SessionAsync(UserRole.Writer))[0], (await SessionAsync(UserRole.Writer))[1]];
            case "two credentials":
                return [.. Basic(UserRole.Writer), .. Basic(UserRole.Writer)];
            default:
                throw new ArgumentException(which, nameof(which));
        }
    }

    private async Task<(string Name, string Value)[]> TicketAsync(UserRole role)
    {
        using var rest = _server.Rest(role);
        using var response = await rest.PostAsync("Session/Tickets", null);
        return Ticket((string)(await response.ReadAsync())!["Ticket"]!);
    }

    private async Task<(string Name, string Value)[]> SessionAsync(UserRole role)
    {
        using var handler = new HttpClientHandler { UseCookies = false };
        using var rest = new HttpClient(handler) { BaseAddress = _server.RestUri };
        using var response = await rest.PostAsync(
            "api/v1/Session/Login", Http.Json($$"""{"UserName":"{{role}}","Password":"{{role}} 🔑:"}"""));
        var cookie = response.Headers.GetValues("Set-Cookie").Select(value => value.Split(';')[0]).Single(
            value => value.StartsWith(SessionCookies.Session, StringComparison.Ordinal));
        return [("cookie", cookie), (SessionCookies.XsrfHeader, (string)(await response.ReadAsync())!["XsrfToken"]!)];
    }

    private static (string Name, string Value)[] Session(string secret, string xsrfToken) =>
        [("cookie", $"{SessionCookies.Session}={Uri.EscapeDataString(secret)}"), (SessionCookies.XsrfHeader, xsrfToken)];

    private async Task<HttpStatusCode> ReadKeyAsync((string Name, string Value)[] headers)
    {
        using var rest = _server.Rest(role: null);
        using var request = new HttpRequestMessage(HttpMethod.Get, "ForeignApp/access/unit/Key/k//0");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await rest.SendAsync(request);
        return response.StatusCode;
    }

    private async Task SaveAsync() => await _server.Grpc(UserRole.Admin).SaveForeignKeyAsync(Save());

    private async Task AssertNothingChangedAsync()
    {
        var store = _server.Services.GetRequiredService<IForeignSystemStore>();
        var app = await store.FindAppAsync("access", default);
        Assert.Equal(["unit"], app!.Devices.Select(device => device.Name));
        var key = await store.FindKeyAsync(new KeyAddress(new DeviceAddress("access", "unit", ""), new RecordRef("", 0), "k"), default);
        Assert.Equal(("v", "The Admin"), (key!.Value, key.Updated.By.FullName));
        Assert.Null(await store.FindAppAsync("x", default));
    }
}
