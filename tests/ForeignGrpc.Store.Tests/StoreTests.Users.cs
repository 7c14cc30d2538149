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
        Assert.Equal(Ada with { Role = UserRole.Reader }, await _store.ChangeUserAsync("ada", new UserChange(Role: UserRole.Reader), default));
        Assert.Equal(
            Ada with { Role = UserRole.Reader, PasswordHash = "new" }, await _store.ChangeUserAsync("ada", new UserChange(PasswordHash: "new"), default));
        Assert.True((await _store.ChangeUserAsync("ada", new UserChange(Disabled: true), default)).Disabled);
        Assert.False((await _store.ChangeUserAsync("ada", new UserChange(Disabled: false), default)).Disabled);
        Assert.Equal("hash", (await _store.FindUserAsync("zoe", default))!.PasswordHash);
        var missing = await Assert.ThrowsAsync<StoreException>(() => _store.ChangeUserAsync("Ada", new UserChange(Disabled: true), default));
        Assert.Equal(StoreError.NotFound, missing.Error);
    }

    [SkippableFact]
    public async Task Tickets_AreFoundByTheirHash_ListedAndEnded()
    {
        await _store.AddUserAsync(Ada, default);
        await _store.AddUserAsync(Ada with { Name = "zoe" }, default);
        var expires = Time.GetUtcNow().AddHours(6);
        var first = await _store.AddTicketAsync("ada", TicketKind.Ticket, [1, 2], expires, default);
        var second = await _store.AddTicketAsync("ada", TicketKind.Session, [3, 4], expires, default);

        Assert.Equal((Ada, TicketKind.Ticket, Time.GetUtcNow(), expires), (first.User, first.Kind, first.Created, first.Expires));
        Assert.Equal(first, await _store.FindTicketAsync([1, 2], default));
        Assert.Null(await _store.FindTicketAsync([1, 2, 0], default));
        Assert.Equal([second, first], await _store.ListTicketsAsync("ada", default));
        Assert.False(await _store.DeleteTicketAsync("zoe", first.Id, default));
        Assert.True(await _store.DeleteTicketAsync("ada", first.Id, default));
        Assert.False(await _store.DeleteTicketAsync("ada", first.Id, default));
        Assert.Null(await _store.FindTicketAsync([1, 2], default));
        Assert.Equal([second], await _store.ListTicketsAsync("ada", default));
        Assert.Empty(await _store.ListTicketsAsync("zoe", default));
    }

    [SkippableFact]
    public async Task ExtendedTicket_ExpiresLater_AndExpiredOnesAreForgotten()
    {
        await _store.AddUserAsync(Ada, default);
        var first = await _store.AddTicketAsync("ada", TicketKind.Ticket, [1], Time.GetUtcNow().AddHours(1), default);
        var second = await _store.AddTicketAsync("ada", TicketKind.Ticket, [2], Time.GetUtcNow().AddHours(1), default);
        await _store.ExtendTicketAsync(second.Id, Time.GetUtcNow().AddHours(3), default);
        Time.Advance(TimeSpan.FromHours(2));

        Assert.Equal([second.Id], (await _store.ListTicketsAsync("ada", default)).Select(ticket => ticket.Id));
        Assert.NotNull(await _store.FindTicketAsync([1], default));
        await _store.AddTicketAsync("ada", TicketKind.Ticket, [3], Time.GetUtcNow().AddHours(1), default);
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
        await _store.AddTicketAsync("ada", TicketKind.Ticket, [1], Time.GetUtcNow().AddHours(1), default);
        await _store.AddTicketAsync("zoe", TicketKind.Ticket, [2], Time.GetUtcNow().AddHours(1), default);
        await _store.ChangeUserAsync("ada", new UserChange(Role: UserRole.Admin), default);
        Assert.Equal(UserRole.Admin, (await _store.FindTicketAsync([1], default))!.User.Role);

        await _store.ChangeUserAsync("ada", new UserChange(PasswordHash: newPassword ? "new" : null, Disabled: disable ? true : null), default);

        Assert.Null(await _store.FindTicketAsync([1], default));
        Assert.NotNull(await _store.FindTicketAsync([2], default));
    }

    [SkippableFact]
    public async Task NobodyAndTheDisabled_GetNoTicket()
    {
        await _store.AddUserAsync(Ada with { Disabled = true }, default);

        foreach (var user in new[] { "ada", "bob" })
        {
            var refused = await Assert.ThrowsAsync<StoreException>(
                () => _store.AddTicketAsync(user, TicketKind.Ticket, [1], Time.GetUtcNow().AddHours(1), default));
            Assert.Equal(StoreError.NotFound, refused.Error);
        }

        Assert.Null(await _store.FindTicketAsync([1], default));
    }
}
