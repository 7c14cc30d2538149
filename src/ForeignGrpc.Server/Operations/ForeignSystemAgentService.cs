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
/// The operations of the agent. Each checks the request, calls the store and maps the result. Each part of the class has the operations on
/// one kind of object: applications, devices, keys, lists of keys.
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

    /// <summary>The identity by which the store shares long reads fairly among callers.</summary>
    private static string TurnOf(ServerCallContext context) => Caller.Of(context).Identity;

    private ForeignKey Describe(StoredKey key, ServerCallContext context) =>
        rights.Describe(key.ToCarrier(), Caller.Of(context).Role, CallLanguage.Of(context));

    private ForeignDevice Describe(StoredDevice device, ServerCallContext context) =>
        rights.Describe(device.ToCarrier(), Caller.Of(context).Role, CallLanguage.Of(context));

    private ForeignAppEntity Describe(StoredApp app, ServerCallContext context) =>
        rights.Describe(app.ToCarrier(), Caller.Of(context).Role, CallLanguage.Of(context));
}
