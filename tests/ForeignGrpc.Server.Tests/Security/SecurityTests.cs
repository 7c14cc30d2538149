using System.Net;
using System.Net.Http.Headers;
using ForeignGrpc.Server.Calls;
using ForeignGrpc.Server.Operations;
using ForeignGrpc.Server.Security;
using ForeignGrpc.Store.Model;
using ForeignSystem.V1;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;

namespace ForeignGrpc.Server.Tests;

/// <summary>Who may call what.</summary>
[Collection(RunningServerGroup.Name)]
public sealed class SecurityTests(RunningServer server)
{
    private static readonly SaveForeignKeyRequest Save = new()
    {
        ApplicationName = "security",
        DeviceName = "unit",
        ForeignKey = new ForeignKey { KeyName = "k", KeyValue = "v" },
    };

    [Theory]
    [InlineData(null)]
    [InlineData("Basic")]
    [InlineData("Basic !!!")]
    [InlineData("Basic bm9jb2xvbg==")]
    [InlineData("Basic d3JvbmcgdXNlcjp4")]
    [InlineData("Basic V3JpdGVyOndyb25n")]
    [InlineData("Bearer abc")]
    [InlineData("Digest username=\"x\"")]
    public async Task WithoutAValidCredential_IsRefusedWithAChallenge(string? authorization)
    {
        var rest = server.Rest(role: null);
        if (authorization is not null)
        {
            rest.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);
        }

        var response = await rest.PutAsync("ForeignApp/security/unit/1/Key", Http.Json("""{"Key":"k"}"""));

        await response.ReadErrorAsync(HttpStatusCode.Unauthorized);
        Assert.Equal(["Basic", "SoTicket"], response.Headers.WwwAuthenticate.Select(challenge => challenge.Scheme));
        var metadata = authorization is null ? [] : new Metadata { { "authorization", authorization } };
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await server.Grpc(role: null).SaveForeignKeyAsync(Save, metadata));
        Assert.Equal(StatusCode.Unauthenticated, failure.StatusCode);
        Assert.Contains("authorization", failure.Status.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(UserRole.Reader, false)]
    [InlineData(UserRole.Writer, true)]
    [InlineData(UserRole.Admin, true)]
    public async Task Saving_TakesAWriter_ReadingAReader(UserRole role, bool maySave)
    {
        await server.Grpc(UserRole.Writer).SaveForeignKeyAsync(Save);
        var rest = server.Rest(role);
        var save = await rest.PutAsync("ForeignApp/security/unit//Key", Http.Json("""{"Key":"k","Value":"v"}"""));
        var delete = await rest.DeleteAsync("ForeignApp/security/unit//Key/other//0");
        var agent = await rest.PostAsync("Agents/ForeignSystem/AddForeignKey", Http.Json("{}"));

        if (maySave)
        {
            Assert.Equal(HttpStatusCode.OK, save.StatusCode);
            Assert.Equal(HttpStatusCode.NoContent, delete.StatusCode);
            await agent.ReadErrorAsync(HttpStatusCode.BadRequest);
            await server.Grpc(role).SaveForeignKeyAsync(Save);
        }
        else
        {
            await save.ReadErrorAsync(HttpStatusCode.Forbidden);
            await delete.ReadErrorAsync(HttpStatusCode.Forbidden);
            await agent.ReadErrorAsync(HttpStatusCode.Forbidden);
            var failure = await Assert.ThrowsAsync<RpcException>(async () => await server.Grpc(role).SaveForeignKeyAsync(Save));
            Assert.Equal(StatusCode.PermissionDenied, failure.StatusCode);
        }

        Assert.Equal(HttpStatusCode.OK, (await rest.GetAsync("ForeignApp/security/unit/Key/k//0")).StatusCode);
        Assert.Equal("v", (await server.Grpc(role).GetKeyValueAsync(
            new GetKeyValueRequest { ApplicationName = "security", DeviceName = "unit", KeyName = "k" })).KeyValue);
    }

    [Fact]
    public async Task SchemeName_IsTakenInAnyCase()
    {
        var rest = server.Rest(role: null);
        rest.DefaultRequestHeaders.Authorization =
            AuthenticationHeaderValue.Parse(RunningServer.Credential(UserRole.Reader).Replace("Basic", "bAsIc", StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.NotFound, (await rest.GetAsync("ForeignApp/security/none/Key/k//0")).StatusCode);
    }

    [Fact]
    public void EveryOperation_RequiresARole()
    {
        (Google.Protobuf.Reflection.ServiceDescriptor Service, Type Type)[] services =
            [(ForeignSystemAgent.Descriptor, typeof(ForeignSystemAgentService)), (SessionAgent.Descriptor, typeof(SessionAgentService))];
        foreach (var (operation, type) in services.SelectMany(
            service => service.Service.Methods, (service, method) => (method, service.Type)))
        {
            var method = type.GetMethod(operation.Name)!;
            Assert.True(method.DeclaringType == type, $"{operation.Name} is not implemented.");
            var isForEveryone = method.IsDefined(typeof(AllowAnonymousAttribute), inherit: false);
            Assert.True(
                operation.Name == "Login"
                    ? isForEveryone
                    : method.IsDefined(typeof(RequiresRoleAttribute), inherit: false), $"{operation.Name} requires no role.");
        }
    }

    [Fact]
    public async Task ConcurrentCallsWithOneCredential_ShareItsSlowHash()
    {
        const int Calls = 200;
        var rest = server.Rest(UserRole.Admin);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        new Passwords().Hash("as slow as any");
        var hash = clock.Elapsed;
        clock.Restart();

        var answers = await Task.WhenAll(Enumerable.Range(0, Calls).Select(_ => rest.GetAsync("ForeignApp/security/none/Key/k//0")));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode));
        Assert.True(clock.Elapsed < hash * Calls / 4, $"{Calls} calls took {clock.Elapsed}, a hash {hash}.");
    }

    [Fact]
    public void PasswordHashes_AreSaltedAndDoNotHoldThePassword()
    {
        var passwords = new Passwords();
        var (one, two) = (passwords.Hash("secret"), passwords.Hash("secret"));

        Assert.NotEqual(one, two);
        Assert.DoesNotContain("secret", one, StringComparison.Ordinal);
        Assert.True(passwords.Verify(new User("a", "a", UserRole.Reader, one), "secret"));
        Assert.False(passwords.Verify(new User("a", "a", UserRole.Reader, one), "Secret"));
        Assert.False(passwords.Verify(null, "secret"));
    }
}
