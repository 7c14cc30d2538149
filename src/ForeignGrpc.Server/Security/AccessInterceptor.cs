using ForeignGrpc.Server.Calls;
using ForeignGrpc.Server.Failures;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace ForeignGrpc.Server.Security;

/// <summary>
/// Authorizes every REST and gRPC call again when its message has been received, and then every <see cref="Lease.CheckEvery"/> until the
/// call ends: the caller may lose the right while the message arrives or the call waits. The innermost interceptor: only the operation
/// runs after it.
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
        ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        RunStreamAsync(context, responseStream, (writer, authorized) => continuation(request, writer, authorized));

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        RunStreamAsync(context, responseStream, (writer, authorized) => continuation(requestStream, writer, authorized));

    private Task RunStreamAsync<TResponse>(
        ServerCallContext context,
        IServerStreamWriter<TResponse> responses,
        Func<IServerStreamWriter<TResponse>, ServerCallContext, Task> operation) => RunAsync(
        context,
        isStream: true,
        (call, authorized) =>
            operation(call is null ? responses : new AuthorizedStreamWriter<TResponse>(responses, call), authorized));

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
            if (caller.Renew is { } renew)
            {
                await renew();
            }

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
    /// Names the schemes in a 401 response over REST. The edge clears the headers before it renders the failure, so they are set when the
    /// response starts.
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
