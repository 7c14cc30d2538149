using System.Linq;
using System.Net.Http;
using System.Threading.Tasks;
using Foreign;

/// <summary>Calls the server with the client that NSwag makes of its document, and returns what it was answered.</summary>
public static class Calls
{
    public static async Task<string[]> RunAsync(HttpClient http, string app)
    {
        var client = new FgClient(http);
        var key = new ForeignKey { Key = "k", Value = "v", TableName = "contact", RecordId = 7 };
        var saved = await client.SaveForeignKeyAsync(app, "unit", "1", body: key);
        var read = await client.GetKeyAsync(app, "unit", "k", "contact", 7);
        var row = (await client.GetAllAsync(filter: $"appName eq '{app}'")).Value.Single();
        var id = row.AppId;
        var selected = await client.GetForeignAppEntityAsync(id, select: "Name");
        var missing = await client.ForeignSystemGetKeyAsync(
            body: new GetKeyRequest { ApplicationName = app, DeviceName = "unit", KeyName = "none" });
        var device = new ForeignDevice { Name = "second" };
        var patched = await client.PatchForeignAppEntityAsync(
            id, body: [new PatchOperation { Op = PatchOperationOp.Add, Path = "/Devices/-", Value = device }]);
        var error = "none";
        try
        {
            await client.GetKeyAsync(app, "unit", "k", "contact", 8);
        }
        catch (ApiException<ErrorCarrier> e)
        {
            error = $"{e.StatusCode} {e.Result.ErrorType}";
        }

        return
        [
            $"saved {saved.Value} by {saved.UpdatedBy}",
            $"read {read.Value} on {read.TableName} {read.RecordId}",
            $"row {row.KeyName}={row.KeyValue} of {row.DeviceName}",
            $"selected {selected.Name == app} without id {selected.ForeignAppId is null}",
            $"missing {missing is null}",
            $"devices {string.Join(", ", patched.Devices.Select(device => device.Name))}",
            $"error {error}",
        ];
    }
}
