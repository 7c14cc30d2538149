using ForeignGrpc.Store.Model;
using ForeignSystem.V1;
using Google.Protobuf.WellKnownTypes;

namespace ForeignGrpc.Server.Agent;

/// <summary>The store's records as the documented carriers.</summary>
internal static class Carriers
{
    public static ForeignKey ToCarrier(this StoredKey key) => new()
    {
        KeyName = key.Name,
        KeyValue = key.Value,
        RecordId = key.Record.Id,
        TableName = key.Record.Table,
        CreatedDate = Timestamp.FromDateTimeOffset(key.Created.At),
        CreatedBy = key.Created.By,
        UpdatedDate = Timestamp.FromDateTimeOffset(key.Updated.At),
        UpdatedBy = key.Updated.By,
    };
}
