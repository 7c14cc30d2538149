namespace ForeignGrpc.Conformance;

/// <summary>A promise of the vendor's client was rejected.</summary>
internal sealed class VendorClientException(string message, int? status) : Exception(message)
{
    public int? Status { get; } = status;
}
