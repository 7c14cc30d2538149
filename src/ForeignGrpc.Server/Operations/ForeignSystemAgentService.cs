using ForeignGrpc.Server.Calls;
using ForeignGrpc.Server.Load;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Server.Settings;
using ForeignGrpc.Store;
using ForeignGrpc.Store.Model;
using ForeignSystem.V1;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Operations;

/// <summary>
/// The operations. Each is three moves: check the request, call the store, map the result. A file for what they are about:
/// applications, devices, keys, and lists of keys.
/// </summary>
internal sealed partial class ForeignSystemAgentService(
    IForeignSystemStore store,
    CallerRights rights,
    LargeAnswers answers,
    IOptions<KeyLimits> options,
    TimeProvider time,
    IHostApplicationLifetime lifetime) : ForeignSystemAgent.ForeignSystemAgentBase
{
    private readonly KeyLimits _limits = options.Value;

    /// <summary>In whose turn a call reads what takes long.</summary>
    private static string TurnOf(ServerCallContext context) => Caller.Of(context).Identity;

    private ForeignKey Describe(StoredKey key, ServerCallContext context) =>
        rights.Describe(key.ToCarrier(), Caller.Of(context).Role, CallLanguage.Of(context));

    private ForeignDevice Describe(StoredDevice device, ServerCallContext context) =>
        rights.Describe(device.ToCarrier(), Caller.Of(context).Role, CallLanguage.Of(context));

    private ForeignAppEntity Describe(StoredApp app, ServerCallContext context) =>
        rights.Describe(app.ToCarrier(), Caller.Of(context).Role, CallLanguage.Of(context));
}
