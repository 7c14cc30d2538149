using System.Text;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Messages;
using ForeignGrpc.Server.Operations;
using ForeignGrpc.Server.Rest.Formats;
using ForeignGrpc.Server.Settings;
using ForeignGrpc.Store.Model;
using ForeignSystem.V1;
using Google.Protobuf.Collections;
using Grpc.Core;

namespace ForeignGrpc.Server.Tests;

/// <summary>
/// What patches of an application save and remove. It is named `app`, and has the devices 1 `phone`/`I1`, 2 `pda`/`` and 3 `pda`/`I3`.
/// </summary>
public sealed class AppPatchTests
{
    private static readonly AuditStamp Then = new(DateTimeOffset.UnixEpoch, new Author("someone"));

    private static readonly StoredApp App = new(
        7, "app", Then, Then, [Device(1, "phone", "I1"), Device(2, "pda", ""), Device(3, "pda", "I3")]);

    [Theory]
    [InlineData("""[]""")]
    [InlineData("""{}""")]
    [InlineData("""[{"op":"test","path":"/Name","value":"app"}]""")]
    [InlineData("""[{"op":"replace","path":"/Name","value":"other"},{"op":"replace","path":"/Name","value":"app"}]""")]
    [InlineData("""[{"op":"add","path":"/Devices","value":[]}]""")]
    [InlineData("""[{"op":"add","path":"/Devices","value":[{"Name":"phone","DeviceIdentifier":"I1"}]}]""")]
    [InlineData("""[{"op":"replace","path":"/Devices/0","value":{"Name":"phone","DeviceIdentifier":"I1"}}]""")]
    [InlineData("""[{"op":"replace","path":"/Devices/0","value":{"Name":"phone"}}]""")]
    [InlineData("""[{"op":"remove","path":"/Devices/1"},{"op":"add","path":"/Devices/0","value":{"Name":"pda","DeviceIdentifier":""}}]""")]
    [InlineData(
        """[{"op":"replace","path":"/UpdatedDate","value":"no date"},"""
        + """{"op":"remove","path":"/CreatedBy/FullName"},{"op":"replace","path":"/Nothing","value":1}]""")]
    [InlineData(
        """{"Name":"app","_Links":{"Self":"x"},"CreatedDate":7,"TableRight":[]"""
        + ""","Devices":[{"ForeignDeviceId":3},{"ForeignDeviceId":2},{"ForeignDeviceId":1}]}""")]
    [InlineData("""{"Devices":[{"Name":"pda"},{"Name":"pda","DeviceIdentifier":"I3"},{"Name":"phone"}]}""")]
    [InlineData("""{"ForeignAppId":99,"Devices":{"Name":"phone","DeviceIdentifier":"I1"}}""")]
    public void ThatChangesNothing_SavesNothing(string patch) => Assert.Null(Apply(patch));

    [Theory]
    [InlineData("""{"Devices":[{"Name":"phone","DeviceIdentifier":"I1"}]}""", "", "2 3")]
    [InlineData("""{"Devices":[{"Name":"pda"}]}""", "", "1 3")]
    [InlineData("""{"Devices":[{"Name":"phone"}]}""", "", "2 3")]
    [InlineData("""{"Devices":[{"Name":"phone","DeviceIdentifier":""}]}""", "0:phone/", "1 2 3")]
    [InlineData("""{"Devices":[{"ForeignDeviceId":1,"Name":"new"}]}""", "1:new/I1", "2 3")]
    [InlineData("""{"Devices":[]}""", "", "1 2 3")]
    [InlineData("""{"Devices":null}""", "", "1 2 3")]
    [InlineData(
        """[{"op":"replace","path":"/Devices","value":[{"Name":"pda","DeviceIdentifier":"I3"},{"Name":"new"}]}]""", "0:new/", "1 2")]
    [InlineData("""[{"op":"add","path":"/Devices","value":[{"Name":"new"},{"Name":""}]}]""", "0:new/ 0:/", "")]
    [InlineData("""[{"op":"add","path":"/Devices/-","value":{"Name":"phone"}}]""", "0:phone/", "")]
    [InlineData("""[{"op":"replace","path":"/Devices/2/Name","value":""}]""", "3:/I3", "")]
    [InlineData("""[{"op":"replace","path":"/Devices/0/DeviceIdentifier","value":""}]""", "1:phone/", "")]
    [InlineData("""[{"op":"remove","path":"/Devices/0"},{"op":"replace","path":"/Devices/0/Name","value":"phone"}]""", "2:phone/", "1")]
    [InlineData("""[{"op":"replace","path":"/Devices/0","value":{"Name":"other"}}]""", "0:other/", "1")]
    public void Devices_AreToldApart(string patch, string saved, string removed)
    {
        var save = Apply(patch)!;

        Assert.Equal((7, "app"), (save.Id, save.Name));
        Assert.Equal(saved, string.Join(' ', save.Devices.Select(Show)));
        Assert.Equal(removed, string.Join(' ', save.RemovedDevices!));
    }

    [Theory]
    [InlineData(
        """{"Devices":[{"ForeignDeviceId":1},{"ForeignDeviceId":2,"DeviceIdentifier":"I3"}"""
        + """,{"ForeignDeviceId":3,"DeviceIdentifier":""}]}""")]
    [InlineData(
        """[{"op":"replace","path":"/Devices/1/DeviceIdentifier","value":"I3"},"""
        + """{"op":"replace","path":"/Devices/2/DeviceIdentifier","value":""}]""")]
    [InlineData(
        """[{"op":"replace","path":"/Devices/0/Name","value":"third"},"""
        + """{"op":"add","path":"/Devices/0","value":{"Name":"phone","DeviceIdentifier":"I1"}}]""")]
    public void NoTwoDevices_EverHaveTheSameNames(string patch)
    {
        var names = App.Devices.ToDictionary(device => device.Id, device => (device.Name, device.Identifier));
        var newId = 100;
        foreach (var device in Apply(patch)!.Devices)
        {
            var id = device.Id == 0 ? newId++ : device.Id;
            var (name, identifier) = names.GetValueOrDefault(id);
            names[id] = (device.Name ?? name!, device.Identifier ?? identifier ?? "");
            Assert.Distinct(names.Values);
        }

        Assert.Contains(("phone", "I1"), names.Values);
        Assert.DoesNotContain(names.Values, value => value.Item1.Length > 10);
    }

    [Theory]
    [InlineData(StatusCode.InvalidArgument, """{"Devices":[{"Name":"new"},{"Name":"new"}]}""", "devices[1] is in the list twice")]
    [InlineData(
        StatusCode.InvalidArgument, """{"Devices":[{"Name":"phone","DeviceIdentifier":"I1"},{"Name":"phone","DeviceIdentifier":"I1"}]}""",
        "devices[1] is in the list twice")]
    [InlineData(
        StatusCode.InvalidArgument, """{"Devices":[{"ForeignDeviceId":1},{"ForeignDeviceId":1,"Name":"x"}]}""",
        "devices[1] is in the list twice")]
    [InlineData(
        StatusCode.InvalidArgument, """[{"op":"replace","path":"/Devices/2/DeviceIdentifier","value":""}]""",
        "devices[2] is in the list twice")]
    [InlineData(StatusCode.InvalidArgument, """{"Devices":[{"DeviceIdentifier":"x"}]}""", "devices[0].device_name is required")]
    [InlineData(StatusCode.InvalidArgument, """{"Devices":[{"Foo":1,"Bar":2}]}""", "has only unknown properties; ForeignDevice has")]
    [InlineData(StatusCode.InvalidArgument, """{"foreignAppEntity":{"Name":"x"}}""", "has only unknown properties; ForeignAppEntity has")]
    [InlineData(StatusCode.InvalidArgument, """[{"op":"replace","path":"/Devices/01/Name","value":"x"}]""", "'01'")]
    [InlineData(StatusCode.InvalidArgument, """[{"op":"test","path":"/Devices/01/Name","value":"phone"}]""", "'01'")]
    [InlineData(StatusCode.InvalidArgument, """[{"op":"replace","path":"/Devices/9/Name","value":"x"}]""", "does not exist")]
    [InlineData(StatusCode.InvalidArgument, """[{"op":"replace","path":"/Name/x","value":"x"}]""", "does not exist")]
    [InlineData(StatusCode.Aborted, """[{"op":"test","path":"/Nothing","value":"x"}]""", "'/Nothing'")]
    [InlineData(StatusCode.Aborted, """[{"op":"test","path":"/Devices/9/Name","value":"x"}]""", "'/Devices/9/Name'")]
    [InlineData(StatusCode.Aborted, """[{"op":"test","path":"/Devices/-","value":{}}]""", "'/Devices/-'")]
    [InlineData(StatusCode.Aborted, """[{"op":"test","path":"/Name/x","value":"x"}]""", "'/Name/x'")]
    [InlineData(StatusCode.Aborted, """[{"op":"test","path":"/Devices/0/Nothing","value":null}]""", "'/Devices/0/Nothing'")]
    [InlineData(StatusCode.Aborted, """[{"op":"test","path":"/CreatedBy/FullName","value":"other"}]""", "'/CreatedBy/FullName'")]
    [InlineData(StatusCode.Aborted, """[{"op":"test","path":"/Devices","value":[]}]""", "'/Devices'")]
    public void ThatCannotBe_IsRefused(StatusCode status, string patch, string because)
    {
        var failure = Assert.Throws<Failure>(() => Apply(patch));

        Assert.Equal(status, failure.Code);
        Assert.Contains(because, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Test_ComparesWhatTheServerOwns_InTheZoneOfTheCaller()
    {
        var changes = Read(
            """[{"op":"test","path":"/CreatedDate","value":"1970-01-01T09:00:00"},"""
            + """{"op":"test","path":"/CreatedBy/FullName","value":"someone"}]""");

        Assert.Null(AppPatch.Of(App, changes, new KeyLimits(), NodaTime.DateTimeZoneProviders.Tzdb["Asia/Tokyo"]));
        Assert.Throws<Failure>(() => AppPatch.Of(App, changes, new KeyLimits(), null));
    }

    [Fact]
    public void MoreThanSoManyOperations_AreRefused()
    {
        var test = new PatchOperation { Op = "test", Path = "/Name", Value = new() { StringValue = "app" } };

        Assert.Null(AppPatch.Of(App, [.. Enumerable.Repeat(test, MessagePatch.MostOperations)], new KeyLimits(), null));
        var refused = Assert.Throws<Failure>(
            () => AppPatch.Of(App, [.. Enumerable.Repeat(test, MessagePatch.MostOperations + 1)], new KeyLimits(), null));
        Assert.Contains("1,000 operations", refused.Message, StringComparison.Ordinal);
    }

    private static StoredDevice Device(int id, string name, string identifier) => new(id, 7, name, identifier, Then, Then);

    private static string Show(DeviceSave device) => $"{device.Id}:{device.Name}/{device.Identifier}";

    private static AppSave? Apply(string patch) => AppPatch.Of(App, Read(patch), new KeyLimits(), null);

    private static RepeatedField<PatchOperation> Read(string patch)
    {
        var request = new PatchForeignAppEntityRequest();
        new JsonMessageReader(null).ReadField(
            new(Encoding.UTF8.GetBytes(patch)), request, MessageSchema.Of(PatchForeignAppEntityRequest.Descriptor).Find("changes")!);
        return request.Changes;
    }
}
