using ForeignGrpc.Server.Calls;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;
using Google.Protobuf;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;

namespace ForeignGrpc.Server.Hosting;

/// <summary>
/// Rejects native gRPC calls with a malformed message or timeout with INVALID_ARGUMENT. The framework would respond with UNKNOWN or
/// INTERNAL and log a stack trace for each such call. So the log of the framework is off, and its other failures are logged here.
/// </summary>
internal static partial class MalformedGrpc
{
    /// <summary>The category in which the framework logs calls that fail outside of the interceptors.</summary>
    public const string FrameworkLog = "Grpc.AspNetCore.Server.ServerCallHandler";

    private const string Timeout = "grpc-timeout";
    private const string Details = "grpc-status-details-bin";

    /// <summary>Adds the checks to the native endpoints of a service.</summary>
    public static GrpcServiceEndpointConventionBuilder WithMalformedRefused(this GrpcServiceEndpointConventionBuilder service)
    {
        service.Add(endpoint =>
        {
            if (!endpoint.Metadata.OfType<GrpcJsonTranscodingMetadata>().Any() && endpoint.RequestDelegate is { } call)
            {
                endpoint.RequestDelegate = context => InvokeAsync(context, call);
            }
        });
        return service;
    }

    private static async Task InvokeAsync(HttpContext context, RequestDelegate call)
    {
        if (context.Request.Headers.TryGetValue(Timeout, out var timeout) && !IsTimeout(timeout.ToString()))
        {
            Refusals.Failed(context, Failure.InvalidArgument(Timeout, Texts.Of(
                $"must be 1 to 8 digits and one of the units H, M, S, m, u and n, but is '{Excerpt.Of(timeout.ToString())}'.")));
            return;
        }

        await call(context);
        if (context.Features.Get<IServerCallContextFeature>()?.ServerCallContext.Status is { StatusCode: not StatusCode.OK } status
            && !context.RequestAborted.IsCancellationRequested)
        {
            HandleFailure(context, status);
        }
    }

    /// <summary>Logs a failed call. If its message is malformed, replaces the response.</summary>
    private static void HandleFailure(HttpContext context, Status status)
    {
        var path = context.Request.Path.Value ?? "";
        var log = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(MalformedGrpc).FullName!);
        if (!context.Response.HasStarted && IsMalformed(context, status))
        {
            var reason = status.DebugException?.Message ?? status.Detail;
            LogMalformed(log, path, reason);
            Refusals.Failed(context, Failure.InvalidArgument(
                "message", Texts.Of($"cannot be parsed as the protobuf request of this operation.")));
        }
        else if (status.DebugException is { } failure)
        {
            LogUnforeseen(log, path, failure);
        }
    }

    /// <summary>
    /// Whether the message of a failed call is malformed. INTERNAL without details is a status of the framework, for messages that are
    /// truncated, too many, or not framed correctly.
    /// </summary>
    private static bool IsMalformed(HttpContext context, Status status) =>
        status.DebugException is InvalidProtocolBufferException or InvalidDataException or IOException
        || (status is { StatusCode: StatusCode.Internal, DebugException: null } && !context.Response.Headers.ContainsKey(Details));

    private static bool IsTimeout(string text) =>
        text is [.. { Length: >= 1 and <= 8 } digits, 'H' or 'M' or 'S' or 'm' or 'u' or 'n'] && digits.All(char.IsAsciiDigit);

    [LoggerMessage(4001, LogLevel.Debug, "{Path}: the message cannot be read: {Reason}")]
    private static partial void LogMalformed(ILogger logger, string path, string reason);

    [LoggerMessage(4002, LogLevel.Error, "{Path} failed with an unexpected exception.")]
    private static partial void LogUnforeseen(ILogger logger, string path, Exception e);
}
