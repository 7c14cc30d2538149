using System.Collections.Concurrent;
using System.Globalization;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Server.Messages;
using ForeignGrpc.Server.Security;
using ForeignGrpc.Server.Settings;
using ForeignGrpc.Store.Model;
using ForeignSystem.V1;
using Google.Protobuf.Collections;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Operations;

/// <summary>
/// The rights of a role on an object and its properties, for responses with one object. Cached by message type, right to write and
/// language; the cached parts are never changed.
/// </summary>
internal sealed class CallerRights(IOptions<KeyLimits> options)
{
    private const int Int32Length = 4;
    private const int DateLength = 16;

    private static readonly TableRight Full = new() { RightMask = "FULL" };

    private readonly ConcurrentDictionary<(MessageDescriptor Carrier, bool MayWrite, string Language), MapField<string, FieldProperty>>
        _properties = new();

    public ForeignKey Describe(ForeignKey key, UserRole role, CallLanguage? call)
    {
        key.TableRight = TableRightOf(role, call);
        key.FieldProperties.Add(PropertiesOf(ForeignKey.Descriptor, role, call));
        return key;
    }

    public ForeignDevice Describe(ForeignDevice device, UserRole role, CallLanguage? call)
    {
        device.TableRight = TableRightOf(role, call);
        device.FieldProperties.Add(PropertiesOf(ForeignDevice.Descriptor, role, call));
        return device;
    }

    public ForeignAppEntity Describe(ForeignAppEntity app, UserRole role, CallLanguage? call)
    {
        app.TableRight = TableRightOf(role, call);
        app.FieldProperties.Add(PropertiesOf(ForeignAppEntity.Descriptor, role, call));
        return app;
    }

    private static bool MayWrite(UserRole role) => role >= UserRole.Writer;

    private static Text ReaderReason() => Texts.Of($"Your role is reader, which may read but not save or delete.");

    private static TableRight TableRightOf(UserRole role, CallLanguage? call) =>
        MayWrite(role) ? Full : new TableRight { RightMask = "Select", RightReason = ReaderReason().In(call) };

    private MapField<string, FieldProperty> PropertiesOf(MessageDescriptor carrier, UserRole role, CallLanguage? call) =>
        _properties.GetOrAdd(
            (carrier, MayWrite(role), Texts.LanguageOf(call)),
            static (key, limits) => Properties(
                key.Carrier, key.MayWrite, new CallLanguage(key.Language, CultureInfo.InvariantCulture), limits),
            options.Value);

    private static MapField<string, FieldProperty> Properties(MessageDescriptor carrier, bool mayWrite, CallLanguage call, KeyLimits limits)
    {
        var (readerReason, serverReason) = (ReaderReason().In(call), Texts.Of($"Only the server sets this field.").In(call));
        var properties = new MapField<string, FieldProperty>();
        foreach (var field in carrier.Fields.InDeclarationOrder())
        {
            if (TypeAndLength(field) is var (type, length))
            {
                var limit = CallersLimit(field, limits);
                properties.Add(field.JsonName, PreRenderedMessages.Share(new FieldProperty
                {
                    FieldRight = new FieldRight
                    {
                        RightMask = mayWrite && limit is not null ? "Update" : "Read",
                        RightReason = limit is null ? serverReason : mayWrite ? "" : readerReason,
                    },
                    FieldType = type.FullName,
                    FieldLength = limit ?? length,
                }));
            }
        }

        return properties;
    }

    /// <summary>The maximum length of a property that callers set; null if the server sets the property.</summary>
    private static int? CallersLimit(FieldDescriptor field, KeyLimits limits) => (
        field.ContainingType.ClrType.Name, field.FieldNumber) switch
    {
        (nameof(ForeignKey), ForeignKey.KeyNameFieldNumber) => limits.Key,
        (nameof(ForeignKey), ForeignKey.KeyValueFieldNumber) => limits.Value,
        (nameof(ForeignKey), ForeignKey.RecordIdFieldNumber) => Int32Length,
        (nameof(ForeignKey), ForeignKey.TableNameFieldNumber) => limits.TableName,
        (nameof(ForeignDevice), ForeignDevice.DeviceNameFieldNumber) => limits.DeviceName,
        (nameof(ForeignDevice), ForeignDevice.DeviceIdentifierFieldNumber) => limits.DeviceIdentifier,
        (nameof(ForeignAppEntity), ForeignAppEntity.ApplicationNameFieldNumber) => limits.ApplicationName,
        _ => null,
    };

    /// <summary>The .NET type of a property and its length in the documented API; null for a property that is an object.</summary>
    private static (System.Type Type, int Length)? TypeAndLength(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.String => (typeof(string), UserRules.LongestFullName),
        FieldType.Int32 => (typeof(int), Int32Length),
        FieldType.Message when field.MessageType == Timestamp.Descriptor => (typeof(DateTime), DateLength),
        _ => null,
    };
}
