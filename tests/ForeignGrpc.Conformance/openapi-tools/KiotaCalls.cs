using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Threading.Tasks;
using Foreign;
using Foreign.Models;
using Microsoft.Kiota.Abstractions.Authentication;
using Microsoft.Kiota.Abstractions.Serialization;
using Microsoft.Kiota.Http.HttpClientLibrary;

/// <summary>
/// Calls the server with the client that Kiota makes of its document, and returns what it was answered. Kiota makes a blank object of null.
/// </summary>
public static class Calls
{
    public static async Task<string[]> RunAsync(HttpClient http, string app)
    {
        using var adapter = new HttpClientRequestAdapter(new AnonymousAuthenticationProvider(), httpClient: http)
        {
            BaseUrl = http.BaseAddress!.ToString().TrimEnd('/'),
        };
        var api = new FgClient(adapter).Api.V1;
        var key = new ForeignKey { Key = "k", Value = "v", TableName = "contact", RecordId = 7 };
        var saved = await api.ForeignApp[app]["unit"]["1"].Key.PutAsync(key);
        var keys = api.ForeignApp[app]["unit"].Key["k"]["contact"];
        var read = await keys[7].GetAsync();
        var row = (await api.ForeignApp.GetAsync(request => request.QueryParameters.Filter = $"appName eq '{app}'"))!.Value!.Single();
        var selected = await api.Agents.ForeignSystem.GetForeignAppEntity.PostAsync(request =>
        {
            request.QueryParameters.ForeignAppEntityId = row.AppId;
            request.QueryParameters.Select = "Name";
        });
        var missing = await api.Agents.ForeignSystem.GetKey.PostAsync(
            new GetKeyRequest { ApplicationName = app, DeviceName = "unit", KeyName = "none" });
        var device = new UntypedObject(new Dictionary<string, UntypedNode> { ["Name"] = new UntypedString("second") });
        var patched = await api.ForeignApp[$"{row.AppId}"].PatchAsync(
            [new PatchOperation { Op = PatchOperation_op.Add, Path = "/Devices/-", Value = device }]);
        var error = "none";
        try
        {
            await keys[8].GetAsync();
        }
        catch (ErrorCarrier e)
        {
            error = $"{e.ResponseStatusCode} {e.ErrorType}";
        }

        return
        [
            $"saved {saved!.Value} by {saved.UpdatedBy}",
            $"read {read!.Value} on {read.TableName} {read.RecordId}",
            $"row {row.KeyName}={row.KeyValue} of {row.DeviceName}",
            $"selected {selected!.Name == app} without id {selected.ForeignAppId is null}",
            $"missing {missing is null or { Key: null, CreatedDate: null }}",
            $"devices {string.Join(", ", patched!.Devices!.Select(added => added.Name))}",
            $"error {error}",
        ];
    }
}
