using ForeignGrpc.Server.Calls;
using ForeignGrpc.Server.Failures;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace ForeignGrpc.Server.Security;

/// <summary>
/// Authorizes every call again when its message is whole, over REST and gRPC alike, and until it has ended: between headers and message,
/// and while a call waits, its caller may lose the right to it. Innermost, so that nothing but the operation comes after.
/// </summary>
internal sealed class AccessInterceptor(CallsInFlight calls, CredentialSchemes schemes) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        TResponse? response = null;
        await RunAsync(context, isStream: false, async (_, authorized) => response = await continuation(request, authorized));
        return response!;
    }

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation) => RunAsync(
        context,
        isStream: true,
        (call, authorized) =>
            continuation(request, call is null ? responseStream : new AuthorizedStreamWriter<TResponse>(responseStream, call), authorized));

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation) => RunAsync(
        context,
        isStream: true,
        (call, authorized) => continuation(
            requestStream, call is null ? responseStream : new AuthorizedStreamWriter<TResponse>(responseStream, call), authorized));

    private async Task RunAsync(ServerCallContext context, bool isStream, Func<AuthorizedCall?, ServerCallContext, Task> operation)
    {
        var http = context.GetHttpContext();
        if (http.Features.Get<Caller>() is not { } caller)
        {
            await operation(null, context);
            return;
        }

        var role = http.GetEndpoint()?.Metadata.GetMetadata<RequiresRoleAttribute>()?.Role;
        var call = new AuthorizedCall(http, caller, role, isStream, context.CancellationToken);
        try
        {
            http.Features.Set(await call.AuthorizeAsync());
            calls.Add(call);
            await operation(call, new AuthorizedCallContext(context, http, call.CancellationToken));
        }
        catch (Exception) when (call.Loss is not null)
        {
            Challenge(http, call.Loss);
            throw call.Loss;
        }
        finally
        {
            calls.Remove(call);
        }
    }

    /// <summary>
    /// A REST response that says 401 names the schemes. Its headers are cleared before they are written, so that is when it is done.
    /// </summary>
    private void Challenge(HttpContext http, Failure loss)
    {
        if (loss.Code == StatusCode.Unauthenticated && !http.Request.IsGrpc() && !http.Response.HasStarted)
        {
            http.Response.OnStarting(() =>
            {
                http.Response.Headers.WWWAuthenticate = schemes.Challenges;
                return Task.CompletedTask;
            });
        }
    }
}
