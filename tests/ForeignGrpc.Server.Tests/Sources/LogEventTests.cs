using System.Reflection;
using System.Text.RegularExpressions;
using ForeignGrpc.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace ForeignGrpc.Server.Tests;

/// <summary>The events that the server logs, by their ids.</summary>
public sealed partial class LogEventTests
{
    private static readonly (string Room, LoggerMessageAttribute Event)[] Events =
    [
        .. from type in typeof(ServerBuilder).Assembly.GetTypes()
           from method in type.GetMethods(BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static)
           let logged = method.GetCustomAttribute<LoggerMessageAttribute>()
           where logged is not null && method.DeclaringType == type
           select (type.Namespace!, logged),
    ];

    [Fact]
    public void Ids_AreUnique_AndThoseOfARoomShareAThousand()
    {
        Assert.NotEmpty(Events);
        Assert.All(Events, one => Assert.True(
            one.Event.EventId > 0, $"{one.Room} logs '{one.Event.Message}' without an event id. Give it the next one of its room."));
        Assert.All(Events.GroupBy(one => one.Event.EventId), same => Assert.True(
            same.Count() == 1, $"The event id {same.Key} has {same.Count()} messages. Give one of them the next id of its room."));
        Assert.All(Events.GroupBy(one => one.Event.EventId / 1000), range => Assert.True(
            range.DistinctBy(one => one.Room).Count() == 1,
            $"Several rooms have event ids of {range.Key} thousand: {string.Join(", ", range.Select(one => one.Room).Distinct())}. "
            + "Give each room a thousand of its own."));
        Assert.All(Events.GroupBy(one => one.Room), room => Assert.True(
            room.DistinctBy(one => one.Event.EventId / 1000).Count() == 1, $"The event ids of {room.Key} are not of one thousand."));
    }

    [Fact]
    public void OperationsPage_ListsEveryEvent()
    {
        var listed = Row().Matches(Pages.Read("docs/operations.md"))
            .Select(row => (int.Parse(row.Groups["id"].Value, null), row.Groups["level"].Value));

        Assert.Equal(Events.Select(one => (one.Event.EventId, $"{one.Event.Level}".ToLowerInvariant())).Order(), listed);
    }

    [GeneratedRegex(@"^\| (?<id>\d+) \| (?<level>\w+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
