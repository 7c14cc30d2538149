using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Tests;

public abstract partial class StoreTests
{
    private static readonly User Ada = new("ada", "Ada Lovelace", UserRole.Writer, "hash", DevelopmentOnly: true);

    [SkippableFact]
    public async Task Users_AreFoundByExactName_AndAddedOnce()
    {
        await _store.AddUserAsync(Ada, default);

        Assert.Equal(Ada, await _store.FindUserAsync("ada", default));
        Assert.Null(await _store.FindUserAsync("Ada", default));
        var again = await Assert.ThrowsAsync<StoreException>(() => _store.AddUserAsync(Ada with { PasswordHash = "other" }, default));
        Assert.Equal(StoreError.AlreadyExists, again.Error);
        Assert.Equal(Ada, await _store.FindUserAsync("ada", default));
    }

    [SkippableFact]
    public async Task Users_AreListedByName_AndChanged()
    {
        await _store.AddUserAsync(Ada with { Name = "zoe" }, default);
        await _store.AddUserAsync(Ada, default);

        Assert.Equal(["ada", "zoe"], (await _store.ListUsersAsync(default)).Select(user => user.Name));
        Assert.Equal(
            Ada with { Role = UserRole.Reader }, await _store.ChangeUserAsync("ada", new UserChange(Role: UserRole.Reader), default));
        Assert.Equal(
            Ada with { Role = UserRole.Reader, PasswordHash = "new" }, await _store.ChangeUserAsync(
                "ada", new UserChange(PasswordHash: "new"), default));
        Assert.True((await _store.ChangeUserAsync("ada", new UserChange(Disabled: true), default)).Disabled);
        Assert.False((await _store.ChangeUserAsync("ada", new UserChange(Disabled: false), default)).Disabled);
        Assert.Equal("hash", (await _store.FindUserAsync("zoe", default))!.PasswordHash);
        var missing = await Assert.ThrowsAsync<StoreException>(
            () => _store.ChangeUserAsync("Ada", new UserChange(Disabled: true), default));
        Assert.Equal(StoreError.NotFound, missing.Error);
    }

    [SkippableFact]
    public async Task Tickets_AreFoundByTheirHash_ListedAndEnded()
    {
        await _store.AddUserAsync(Ada, default);
        await _store.AddUserAsync(Ada with { Name = "zoe" }, default);
        var expires = Time.GetUtcNow().AddHours(6);
        var first = await AddTicketAsync("ada", [1, 2], expires);
        var second = await AddTicketAsync("ada", [3, 4], expires, TicketKind.Session);

        Assert.Equal((Ada, TicketKind.Ticket, Time.GetUtcNow(), expires), (first.User, first.Kind, first.Created, first.Expires));
        Assert.Equal(first, await _store.FindTicketAsync([1, 2], default));
        Assert.Null(await _store.FindTicketAsync([1, 2, 0], default));
        Assert.Equal([second, first], await _store.ListTicketsAsync("ada", 100, default));
        Assert.False(await _store.DeleteTicketAsync("zoe", first.Id, default));
        Assert.True(await _store.DeleteTicketAsync("ada", first.Id, default));
        Assert.False(await _store.DeleteTicketAsync("ada", first.Id, default));
        Assert.Null(await _store.FindTicketAsync([1, 2], default));
        Assert.Equal([second], await _store.ListTicketsAsync("ada", 100, default));
        Assert.Empty(await _store.ListTicketsAsync("zoe", 100, default));
    }

    [SkippableFact]
    public async Task ExtendedTicket_ExpiresLater_AndExpiredOnesAreForgotten()
    {
        await _store.AddUserAsync(Ada, default);
        var first = await AddTicketAsync("ada", [1], Time.GetUtcNow().AddHours(1));
        var second = await AddTicketAsync("ada", [2], Time.GetUtcNow().AddHours(1));
        await _store.ExtendTicketAsync(second.Id, Time.GetUtcNow().AddHours(3), default);
        Time.Advance(TimeSpan.FromHours(2));

        Assert.Equal([second.Id], (await _store.ListTicketsAsync("ada", 100, default)).Select(ticket => ticket.Id));
        Assert.NotNull(await _store.FindTicketAsync([1], default));
        await AddTicketAsync("ada", [3], Time.GetUtcNow().AddHours(1));
        Assert.Null(await _store.FindTicketAsync([1], default));
        await _store.ExtendTicketAsync(first.Id, Time.GetUtcNow().AddHours(9), default);
        Assert.Null(await _store.FindTicketAsync([1], default));
    }

    [SkippableTheory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task DisablingAndANewPassword_EndTheUsersTickets(bool disable, bool newPassword)
    {
        await _store.AddUserAsync(Ada, default);
        await _store.AddUserAsync(Ada with { Name = "zoe" }, default);
        await AddTicketAsync("ada", [1], Time.GetUtcNow().AddHours(1));
        await AddTicketAsync("zoe", [2], Time.GetUtcNow().AddHours(1));
        await _store.ChangeUserAsync("ada", new UserChange(Role: UserRole.Admin), default);
        Assert.Equal(UserRole.Admin, (await _store.FindTicketAsync([1], default))!.User.Role);

        await _store.ChangeUserAsync(
            "ada", new UserChange(PasswordHash: newPassword ? "new" : null, Disabled: disable ? true : null), default);

        Assert.Null(await _store.FindTicketAsync([1], default));
        Assert.NotNull(await _store.FindTicketAsync([2], default));
    }

    [SkippableFact]
    public async Task NobodyAndTheDisabled_GetNoTicket()
    {
        await _store.AddUserAsync(Ada with { Disabled = true }, default);

        foreach (var user in new[] { "ada", "bob" })
        {
            Assert.Null(await _store.AddTicketAsync(NewTicket(user, [1], Time.GetUtcNow().AddHours(1)), default));
        }

        Assert.Null(await _store.FindTicketAsync([1], default));
    }

    [SkippableFact]
    public async Task TicketIsAdded_OnlyToWhomWasAuthenticated()
    {
        await _store.AddUserAsync(Ada, default);
        await _store.AddUserAsync(Ada with { Name = "zoe" }, default);
        var expires = Time.GetUtcNow().AddHours(1);
        var mine = await AddTicketAsync("ada", [1], expires);
        var others = await AddTicketAsync("zoe", [2], expires);

        Assert.NotNull(await _store.AddTicketAsync(NewTicket("ada", [3], expires) with { AskedBy = mine.Id }, default));
        Assert.Null(await _store.AddTicketAsync(NewTicket("ada", [4], expires) with { AskedBy = others.Id }, default));
        await _store.DeleteTicketAsync("ada", mine.Id, default);
        Assert.Null(await _store.AddTicketAsync(NewTicket("ada", [4], expires) with { AskedBy = mine.Id }, default));
        await _store.ChangeUserAsync("ada", new UserChange(PasswordHash: "new"), default);
        Assert.Null(await _store.AddTicketAsync(NewTicket("ada", [4], expires), default));
        Assert.NotNull(await _store.AddTicketAsync(NewTicket("ada", [4], expires) with { PasswordHash = "new" }, default));
        await _store.ChangeUserAsync("ada", new UserChange(Disabled: true), default);
        await _store.ChangeUserAsync("ada", new UserChange(Disabled: false), default);
        Assert.Empty(await _store.ListTicketsAsync("ada", 100, default));
    }

    [SkippableFact]
    public async Task TicketsBesideAChangeOfTheUser_AreThereBeforeIt_OrNotAtAll()
    {
        await _store.AddUserAsync(Ada, default);
        for (var round = 0; round < 20; round++)
        {
            var hash = $"hash {round}";
            await _store.ChangeUserAsync("ada", new UserChange(PasswordHash: hash), default);
            var adding = Enumerable.Range(0, 20).Select(i => _store.AddTicketAsync(
                NewTicket("ada", [(byte)round, (byte)i], Time.GetUtcNow().AddHours(1)) with { PasswordHash = hash }, default)).ToList();
            await _store.ChangeUserAsync("ada", new UserChange(PasswordHash: "other"), default);
            await Task.WhenAll(adding);
            Assert.Empty(await _store.ListTicketsAsync("ada", 100, default));
        }
    }

    [SkippableFact]
    public async Task TicketsOfAUser_AreBounded_AndTheLeastRecentlyUsedGoes()
    {
        await _store.AddUserAsync(Ada, default);
        await _store.AddUserAsync(Ada with { Name = "zoe" }, default);
        var others = await AddTicketAsync("zoe", [99], Time.GetUtcNow().AddMinutes(1));
        var tickets = new List<StoredTicket>();
        for (byte i = 0; i < 5; i++)
        {
            tickets.Add(await AddTicketAsync("ada", [i], Time.GetUtcNow().AddHours(1 + i), keep: 5));
        }

        await _store.ExtendTicketAsync(tickets[0].Id, Time.GetUtcNow().AddHours(9), default);
        var sixth = await AddTicketAsync("ada", [5], Time.GetUtcNow().AddHours(8), keep: 5);
        var kept = tickets.Where(ticket => ticket != tickets[1]).Reverse().Select(ticket => ticket.Id);
        Assert.Equal([sixth.Id, .. kept], (await _store.ListTicketsAsync("ada", 100, default)).Select(ticket => ticket.Id));
        Assert.Equal([sixth.Id, tickets[4].Id], (await _store.ListTicketsAsync("ada", 2, default)).Select(t => t.Id));

        // The one that asks is not the one that goes, though it was used least recently.
        var added = await _store.AddTicketAsync(
            NewTicket("ada", [6], Time.GetUtcNow().AddHours(8)) with { AskedBy = tickets[2].Id, KeepAtMost = 2 }, default);
        Assert.Equal([added!.Id, tickets[2].Id], (await _store.ListTicketsAsync("ada", 100, default)).Select(t => t.Id));
        Assert.Equal(others.Id, Assert.Single(await _store.ListTicketsAsync("zoe", 100, default)).Id);
    }

    [SkippableFact]
    public async Task AddingATicket_DeletesFewAtATime_HoweverManyHaveExpiredOrAreTooMany()
    {
        const int Many = 350;
        await _store.AddUserAsync(Ada, default);
        await _store.AddUserAsync(Ada with { Name = "zoe" }, default);
        for (var i = 0; i < Many; i++)
        {
            await AddTicketAsync("ada", [1, (byte)i, (byte)(i >> 8)], Time.GetUtcNow().AddHours(1), keep: Many);
            await AddTicketAsync("zoe", [2, (byte)i, (byte)(i >> 8)], Time.GetUtcNow().AddHours(3), keep: Many);
        }

        Time.Advance(TimeSpan.FromHours(2));
        for (var left = Many; left > 0; left -= Model.NewTicket.MostDeleted)
        {
            Assert.Equal(left, await CountAsync(1, Many));
            await AddTicketAsync("ada", [3, (byte)left], Time.GetUtcNow().AddHours(3), keep: 2 * Many);
        }

        Assert.Equal(0, await CountAsync(1, Many));
        Assert.Equal(Many, await CountAsync(2, Many));
        await AddTicketAsync("zoe", [4], Time.GetUtcNow().AddHours(3), keep: 10);
        Assert.Equal(Many - Model.NewTicket.MostDeleted, await CountAsync(2, Many));
    }

    private async Task<int> CountAsync(byte whose, int many)
    {
        var count = 0;
        for (var i = 0; i < many; i++)
        {
            count += await _store.FindTicketAsync([whose, (byte)i, (byte)(i >> 8)], default) is null ? 0 : 1;
        }

        return count;
    }

    private static NewTicket NewTicket(
        string user, byte[] hash, DateTimeOffset expires, TicketKind kind = TicketKind.Ticket, int keep = 100) =>
        new(user, "hash", kind, hash, expires, keep);

    private async Task<StoredTicket> AddTicketAsync(
        string user, byte[] hash, DateTimeOffset expires, TicketKind kind = TicketKind.Ticket, int keep = 100) =>
        await _store.AddTicketAsync(NewTicket(user, hash, expires, kind, keep), default)
            ?? throw new InvalidOperationException("No ticket was added.");
}
