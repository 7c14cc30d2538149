using Microsoft.AspNetCore.Http.Features;

namespace ForeignGrpc.Server.Calls;

/// <summary>The id by which a failed call is found in the log and in traces.</summary>
internal static class TraceId
{
    /// <summary>The W3C trace id of the call; where the call has no activity, the id that the framework gives the request.</summary>
    public static string Of(HttpContext context) =>
        context.Features.Get<IHttpActivityFeature>()?.Activity.TraceId.ToString() ?? context.TraceIdentifier;
}
