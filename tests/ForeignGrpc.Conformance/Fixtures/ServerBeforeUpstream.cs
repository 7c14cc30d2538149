namespace ForeignGrpc.Conformance;

/// <summary>A server that forwards to a stand-in, below a path like a tenant's.</summary>
public class ServerBeforeUpstream : ServerProcess
{
    /// <summary>The path of the tenant at the stand-in, and before the server's own.</summary>
    public const string Tenant = "/Cust12345";

    public StandInProcess StandIn { get; } = new();

    public override async Task InitializeAsync()
    {
        await StandIn.InitializeAsync();
        Settings["Upstream__Url"] = new Uri(StandIn.Address, Tenant).ToString();
        Settings["PathBase"] = Tenant;
        await base.InitializeAsync();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await StandIn.DisposeAsync();
    }

    /// <summary>A client without a credential that follows no redirect, keeps no cookie and decompresses nothing.</summary>
    public HttpClient Plain() => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
    {
        BaseAddress = new Uri(RestUri, $"{Tenant}/"),
    };
}
