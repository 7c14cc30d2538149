namespace ForeignGrpc.Benchmarks.Peers;

/// <summary>What the peers take and answer.</summary>
internal sealed record KeyBody(string Key, string Value, int RecordId, string TableName);
