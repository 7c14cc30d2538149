using ForeignGrpc.Server.Calls;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;
using Google.Protobuf;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;

namespace ForeignGrpc.Server.Hosting;

/// <summary>
/// Answers native gRPC calls whose message or timeout cannot be read with INVALID_ARGUMENT. The framework answers UNKNOWN or INTERNAL, and
/// logs a stack trace for each of them: its log is off, and what is logged there of other failures is logged here.
/// </summary>
internal static partial class MalformedGrpc
{
    /// <summary>The framework's log of calls that fail before or behind all interceptors.</summary>
    public const string FrameworkLog = "Grpc.AspNetCore.Server.ServerCallHandler";

    private const string Timeout = "grpc-timeout";
    private const string Details = "grpc-status-details-bin";

    /// <summary>Decorates the native endpoints of a service.</summary>
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
        var status = context.Features.Get<IServerCallContextFeature>()?.ServerCallContext.Status ?? Status.DefaultSuccess;
        if (status.StatusCode == StatusCode.OK || context.RequestAborted.IsCancellationRequested)
        {
            return;
        }

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
    /// INTERNAL without details comes from the framework, for messages that are cut short, too many, or not framed as they say.
    /// </summary>
    private static bool IsMalformed(HttpContext context, Status status) =>
        status.DebugException is InvalidProtocolBufferException or InvalidDataException or IOException
        || (status is { StatusCode: StatusCode.Internal, DebugException: null } && !context.Response.Headers.ContainsKey(Details));

    private static bool IsTimeout(string text) =>
        text is [.. { Length: >= 1 and <= 8 } digits, 'H' or 'M' or 'S' or 'm' or 'u' or 'n'] && digits.All(char.IsAsciiDigit);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Path}: the message cannot be read: {Reason}")]
    private static partial void LogMalformed(ILogger logger, string path, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Path} failed with an unexpected exception.")]
    private static partial void LogUnforeseen(ILogger logger, string path, Exception e);
}
