using System.Globalization;
using ForeignGrpc.Server.Rest.Formats;

namespace ForeignGrpc.Server.Rest;

/// <summary>Matches a path segment that is an id: only ASCII digits, within a 32-bit integer. `+12` and ` 12` are names.</summary>
internal sealed class IdConstraint : IRouteConstraint
{
    public bool Match(
        HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection) =>
        values.TryGetValue(routeKey, out var value)
        && TextValues.TryParseId(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "") is not null;
}
