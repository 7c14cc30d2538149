using ForeignGrpc.Server.Calls;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Server.Settings;
using ForeignGrpc.Store.Model;
using ForeignSystem.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Operations;

/// <summary>What the server tells of itself. Nothing here reads the store.</summary>
internal sealed class ServerAgentService(IOptions<ApiSettings> options, TimeProvider time) : ServerAgent.ServerAgentBase
{
    private const string NewestVersion = "v1";
    private const string Running = "Running";
    private const int LongestContext = 64;

    private static readonly TimeSpan StateLifetime = TimeSpan.FromMinutes(5);

    private readonly ApiSettings _settings = options.Value;

    [AllowAnonymous]
    public override Task<ApiVersions> GetApiVersions(GetApiVersionsRequest request, ServerCallContext context) =>
        Task.FromResult(new ApiVersions { ApiVersion = NewestVersion, NetServerVersion = _settings.NetServerVersion });

    [AllowAnonymous]
    public override Task<TenantState> GetTenantState(GetTenantStateRequest request, ServerCallContext context)
    {
        if (request.ContextIdentifier.Length is 0 or > LongestContext
            || !request.ContextIdentifier.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
        {
            throw Failure.InvalidArgument("context_identifier", Texts.Of(
                $"must have 1 to {LongestContext} characters: letters a to z, digits, '-', '_' or '.'."));
        }

        return Task.FromResult(new TenantState
        {
            ContextIdentifier = request.ContextIdentifier,
            TenantState_ = Running,
            IsRunning = true,
            ValidUntil = Timestamp.FromDateTimeOffset(time.GetUtcNow() + StateLifetime),
            NetServerVersion = _settings.NetServerVersion,
        });
    }

    [RequiresRole(UserRole.Reader)]
    public override Task<GetTimeZonesResponse> GetTimeZones(GetTimeZonesRequest request, ServerCallContext context) =>
        Task.FromResult(new GetTimeZonesResponse { TimeZones = { TimeZones.Known.Select(Describe) } });

    [RequiresRole(UserRole.Reader)]
    public override Task<TimeZoneData> GetBaseTimeZone(GetBaseTimeZoneRequest request, ServerCallContext context) =>
        Task.FromResult(Describe(TimeZones.Base));

    [RequiresRole(UserRole.Reader)]
    public override Task<TimeZoneData> GetCurrentTimeZone(GetCurrentTimeZoneRequest request, ServerCallContext context) =>
        Task.FromResult(Describe(TimeZones.Of(CallZone.Of(context))));

    private static TimeZoneData Describe(KnownTimeZone zone) => new()
    {
        TzLocationId = zone.Number,
        ZoneName = TimeZones.CountryOf(zone) ?? zone.Iana,
        TzLocationCode = zone.Code,
        TzLocationCities = zone.City,
    };
}
