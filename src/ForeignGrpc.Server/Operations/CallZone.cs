using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;
using Grpc.Core;
using NodaTime;

namespace ForeignGrpc.Server.Operations;

/// <summary>The time zone of a call's dates.</summary>
internal static class CallZone
{
    /// <summary>The zone that the call asks for; null is UTC.</summary>
    /// <exception cref="Failure">INVALID_ARGUMENT: the zone is unknown.</exception>
    public static DateTimeZone? Of(ServerCallContext context)
    {
        var conventions = Conventions.TryOf(context) ?? throw Failure.InvalidArgument(
            Conventions.TimeZoneHeader, Texts.Of(
                $"must be a time zone; use a code (US-NY), number (460), country with one zone (DE) or IANA name (Europe/Oslo)."));
        return conventions.Zone;
    }
}
