using ForeignGrpc.Server.Security;
using ForeignGrpc.Store.Model;
using ForeignSystem.V1;
using Google.Protobuf.Collections;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Agent;

/// <summary>What a role may do with keys and their properties, as responses show it. Made once; the parts are shared and never changed.</summary>
internal sealed class KeyRights
{
    private const int Int32Length = 4;
    private const int DateLength = 16;
    private const string ReaderReason = "Your role is reader: it may read keys, not save or delete them.";
    private const string ServerReason = "The server sets this.";

    private static readonly TableRight Full = new() { RightMask = "FULL" };
    private static readonly TableRight Select = new() { RightMask = "Select", RightReason = ReaderReason };

    private readonly MapField<string, FieldProperty> _forReaders;
    private readonly MapField<string, FieldProperty> _forWriters;

    public KeyRights(IOptions<KeyLimits> options)
    {
        var limits = options.Value;
        _forReaders = Properties(limits, mayWrite: false);
        _forWriters = Properties(limits, mayWrite: true);
    }

    /// <summary>Sets the rights on a response that carries one key.</summary>
    public void Describe(ForeignKey key, UserRole role)
    {
        var mayWrite = role >= UserRole.Writer;
        key.TableRight = mayWrite ? Full : Select;
        key.FieldProperties.Add(mayWrite ? _forWriters : _forReaders);
    }

    private static MapField<string, FieldProperty> Properties(KeyLimits limits, bool mayWrite)
    {
        var properties = new MapField<string, FieldProperty>();
        foreach (var field in ForeignKey.Descriptor.Fields.InDeclarationOrder())
        {
            if (Describe(field, limits) is var (length, isServers))
            {
                properties.Add(field.JsonName, new FieldProperty
                {
                    FieldRight = new FieldRight
                    {
                        RightMask = mayWrite && !isServers ? "Update" : "Read",
                        RightReason = isServers ? ServerReason : mayWrite ? "" : ReaderReason,
                    },
                    FieldType = ClrType(field).FullName,
                    FieldLength = length,
                });
            }
        }

        return properties;
    }

    private static (int Length, bool IsServers)? Describe(FieldDescriptor field, KeyLimits limits) => field.FieldNumber switch
    {
        ForeignKey.KeyNameFieldNumber => (limits.Key, false),
        ForeignKey.KeyValueFieldNumber => (limits.Value, false),
        ForeignKey.RecordIdFieldNumber => (Int32Length, false),
        ForeignKey.TableNameFieldNumber => (limits.TableName, false),
        ForeignKey.CreatedDateFieldNumber or ForeignKey.UpdatedDateFieldNumber => (DateLength, true),
        ForeignKey.CreatedByFieldNumber or ForeignKey.UpdatedByFieldNumber => (UserRules.LongestFullName, true),
        _ => null,
    };

    private static System.Type ClrType(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.String => typeof(string),
        FieldType.Int32 => typeof(int),
        FieldType.Message when field.MessageType == Timestamp.Descriptor => typeof(DateTime),
        _ => throw new NotSupportedException($"{field.FullName} has no .NET type that the documented API names."),
    };
}
