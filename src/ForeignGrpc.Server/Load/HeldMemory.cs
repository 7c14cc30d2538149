namespace ForeignGrpc.Server.Load;

/// <summary>The bytes that one body or response holds; they count in <see cref="BodyMemory"/> until it is disposed of.</summary>
internal sealed class HeldMemory(BodyMemory memory, CallerKey caller) : IDisposable
{
    /// <summary>The number of bytes held now.</summary>
    public long Bytes { get; private set; }

    /// <summary>Sets the number of bytes held.</summary>
    public void Set(long bytes)
    {
        if (bytes != Bytes)
        {
            memory.Note(caller, bytes - Bytes);
            Bytes = bytes;
        }
    }

    /// <inheritdoc cref="BodyMemory.Check"/>
    public void Check() => memory.Check(caller);

    public void Dispose() => Set(0);
}
