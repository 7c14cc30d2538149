using ForeignGrpc.Server.Calls;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;
using Google.Protobuf;
using Grpc.AspNetCore.Server;
using Grpc.Core;

namespace ForeignGrpc.Server.Hosting;

/// <summary>
/// Rejects native gRPC calls with a malformed message or timeout with INVALID_ARGUMENT. The framework would respond with UNKNOWN or
/// INTERNAL and log a stack trace for each such call. So the log of the framework is off, and its other failures are logged here.
/// </summary>
internal static class MalformedGrpc
{
    /// <summary>The category in which the framework logs calls that fail outside of the interceptors.</summary>
    public const string FrameworkLog = "Grpc.AspNetCore.Server.ServerCallHandler";

    private const string Timeout = "grpc-timeout";

    /// <summary>Adds the checks to the native endpoints of a service.</summary>
    public static GrpcServiceEndpointConventionBuilder WithMalformedRefused(this GrpcServiceEndpointConventionBuilder service) =>
        service.AddToNative(endpoint =>
        {
            if (endpoint.RequestDelegate is { } call)
            {
                endpoint.RequestDelegate = context => InvokeAsync(context, call);
            }
        });

    private static async Task InvokeAsync(HttpContext context, RequestDelegate call)
    {
        if (context.Request.Headers.TryGetValue(Timeout, out var timeout) && !IsTimeout(timeout.ToString()))
        {
            Refusals.Failed(context, Failure.Unreadable(Timeout, Texts.Of(
                $"must be 1 to 8 digits and one of the units H, M, S, m, u and n, but is '{Excerpt.Of(timeout.ToString())}'.")));
            return;
        }

        await call(context);
        if (context.Features.Get<IServerCallContextFeature>()?.ServerCallContext is { Status: { StatusCode: not StatusCode.OK } status } end
            && end.ResponseTrailers.Get(GrpcFailures.DetailsTrailer) is null
            && !context.RequestAborted.IsCancellationRequested)
        {
            HandleFailure(context, status);
        }
    }

    /// <summary>Logs a call that the framework failed, and replaces the response unless it has started.</summary>
    private static void HandleFailure(HttpContext context, Status status)
    {
        var failure = IsMalformed(status)
            ? Failure.Unreadable("message", Texts.Of($"cannot be parsed as the protobuf request of this operation."))
            : status.DebugException is { } cause ? Failure.Unforeseen(cause) : Failure.Of(status);
        if (!context.Response.HasStarted)
        {
            Refusals.Failed(context, failure);
        }
        else
        {
            context.RequestServices.GetRequiredService<FailureLog>().Write(context, $"{failure.Code}", failure);
        }
    }

    /// <summary>
    /// Whether the message of a failed call is malformed. INTERNAL without details is a status of the framework, for messages that are
    /// truncated, too many, or not framed correctly.
    /// </summary>
    private static bool IsMalformed(Status status) =>
        status.DebugException is InvalidProtocolBufferException or InvalidDataException or IOException
        || status is { StatusCode: StatusCode.Internal, DebugException: null };

    private static bool IsTimeout(string text) =>
        text is [.. { Length: >= 1 and <= 8 } digits, 'H' or 'M' or 'S' or 'm' or 'u' or 'n'] && digits.All(char.IsAsciiDigit);
}
