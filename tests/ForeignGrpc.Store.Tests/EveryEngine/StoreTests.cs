using CsCheck;
using ForeignGrpc.Store.Model;
using ForeignGrpc.Store.Sql;

namespace ForeignGrpc.Store.Tests;

/// <summary>What every engine promises. An engine's test class opens the store.</summary>
public abstract partial class StoreTests : IAsyncLifetime
{
    private static readonly Author By = new("Ada Lovelace");

    private static readonly DeviceAddress Device = new("erp", "unit", "1");

    private IForeignSystemStore _store = null!;

    protected ManualTime Time { get; } = new(new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero));

    public virtual async Task InitializeAsync() => _store = await OpenAsync(new StoreOptions { ConnectionString = "" });

    public virtual async Task DisposeAsync() => await _store.DisposeAsync();

    /// <summary>Opens this test's database with these options, whose connection string the engine sets.</summary>
    /// <param name="options">The options.</param>
    /// <param name="time">The clock of the store; null for <see cref="Time"/>, which stands still.</param>
    protected abstract Task<IForeignSystemStore> OpenAsync(StoreOptions options, TimeProvider? time = null);

    /// <summary>How long processors have worked on the statements of this session so far.</summary>
    private protected abstract TimeSpan ProcessorTime(SqlWriteSession session);

    [SkippableFact]
    public async Task NewKey_IsReturnedAndFoundAsSaved()
    {
        var saved = await SaveAsync(Device, new RecordRef("contact", 7), "id", "4711");

        Assert.Equal("id", saved.Name);
        Assert.Equal("4711", saved.Value);
        Assert.Equal(new RecordRef("contact", 7), saved.Record);
        Assert.Equal(new AuditStamp(Time.GetUtcNow(), By), saved.Created);
        Assert.Equal(saved.Created, saved.Updated);
        Assert.Equal(saved, await FindAsync(Device, new RecordRef("contact", 7), "id"));
    }

    [SkippableFact]
    public async Task SavedAgain_ChangesValueAndUpdated_KeepsCreated()
    {
        var record = new RecordRef("contact", 7);
        var first = await SaveAsync(Device, record, "id", "old");
        Time.Advance(TimeSpan.FromMinutes(1));

        var second = await _store.SaveKeyAsync(new KeyAddress(Device, record, "id"), "new", new Author("Grace Hopper"), default);

        Assert.Equal("new", second.Value);
        Assert.Equal(first.Created, second.Created);
        Assert.Equal(new AuditStamp(Time.GetUtcNow(), new Author("Grace Hopper")), second.Updated);
        Assert.Equal(second, await FindAsync(Device, record, "id"));
    }

    [SkippableFact]
    public async Task NewTableNames_AreLimited_InAllAndByWriter()
    {
        await using var store = await OpenAsync(
            new StoreOptions { ConnectionString = "", MostRegisteredTables = 5, MostRegisteredTablesPerWriter = 3 });
        Task SaveAsync(string table, string by) =>
            store.SaveKeyAsync(new KeyAddress(Device, new RecordRef(table, 1), "id"), "v", new Author(by), default);
        async Task<int> RefusedAsync(string by, string setting)
        {
            var outcomes = await Task.WhenAll(Enumerable.Range(0, 10).Select(async i =>
            {
                try
                {
                    await SaveAsync($"{by} {i}", by);
                    return null;
                }
                catch (StoreException e)
                {
                    return e;
                }
            }));
            var refused = outcomes.OfType<StoreException>().ToList();
            Assert.All(refused, e => Assert.Equal(StoreError.UnknownTable, e.Error));
            Assert.All(refused, e => Assert.Contains(setting, e.Message, StringComparison.Ordinal));
            return refused.Count;
        }

        Assert.Equal(7, await RefusedAsync("Ada", "Tables:MostRegisteredPerWriter"));
        Assert.Equal(8, await RefusedAsync("Grace", "(setting Tables:MostRegistered)"));
        await SaveAsync("contact", "Grace");
        var known = new List<string>();
        await foreach (var page in store.ListKeysAsync(new KeyQuery(Device.Application), default))
        {
            known.AddRange(page.Select(key => key.Record.Table));
        }

        Assert.Equal(6, known.Count);
        await SaveAsync(known.First(table => table.StartsWith("Ada", StringComparison.Ordinal)).ToUpperInvariant(), "Grace");
        await Assert.ThrowsAsync<StoreException>(
            () => store.ChangeKeyAsync(new KeyAddress(Device, new RecordRef("another", 1), "id"), _ => "v", new Author("Mary"), default));
    }

    [SkippableFact]
    public async Task Change_SeesWhatIsStored_AndIsAtomic()
    {
        var address = new KeyAddress(Device, new RecordRef("Unheard of", 7), "id");
        var first = await _store.ChangeKeyAsync(address, stored => stored is null ? "0" : "never", By, default);
        Assert.Equal("0", first.Value);

        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => _store.ChangeKeyAsync(
            address with { Record = new RecordRef("unheard OF", 7) }, stored => $"{int.Parse(stored!.Value, null) + 1}", By, default)));

        Assert.Equal("100", (await _store.FindKeyAsync(address, default))?.Value);
    }

    [SkippableFact]
    public async Task ChangeThatThrows_ChangesNothing_AndReachesTheCaller()
    {
        var address = new KeyAddress(Device, new RecordRef("unheard of", 7), "id");

        await Assert.ThrowsAsync<FormatException>(() => _store.ChangeKeyAsync(address, _ => throw new FormatException(), By, default));

        Assert.Null(await _store.FindAppAsync(Device.Application, default));
        Assert.Null(await _store.FindKeyAsync(address, default));
    }

    [SkippableFact]
    public async Task EveryPartOfTheAddress_TellsKeysApart()
    {
        KeyAddress[] addresses =
        [
            new(Device, new("contact", 7), "id"),
            new(Device with { Application = "ERP" }, new("contact", 7), "id"),
            new(Device with { Device = "unit " }, new("contact", 7), "id"),
            new(Device with { Identifier = "" }, new("contact", 7), "id"),
            new(Device with { Identifier = "2" }, new("contact", 7), "id"),
            new(Device, new("", 0), "id"),
            new(Device, new("sequence", 0), "id"),
            new(Device, new("contact", 0), "id"),
            new(Device, new("contact", 8), "id"),
            new(Device, new("person", 7), "id"),
            new(Device, new("contact", 7), "ID"),
            new(Device, new("contact", 7), ""),
        ];
        foreach (var (i, address) in addresses.Index())
        {
            await _store.SaveKeyAsync(address, $"value {i}", By, default);
        }

        foreach (var (i, address) in addresses.Index())
        {
            Assert.Equal($"value {i}", (await _store.FindKeyAsync(address, default))?.Value);
        }
    }

    [SkippableTheory]
    [InlineData("CONTACT", "contact")]
    [InlineData("associategrouplink", "AssociateGroupLink")]
    public async Task DocumentedTable_ComesBackAsDocumented(string given, string documented)
    {
        var saved = await SaveAsync(Device, new RecordRef(given, 1), "id", "x");

        Assert.Equal(documented, saved.Record.Table);
        Assert.Equal(saved, await FindAsync(Device, new RecordRef(documented.ToUpperInvariant(), 1), "id"));
    }

    [SkippableFact]
    public async Task UnknownTable_IsRegisteredAndComesBackAsFirstSpelled()
    {
        await SaveAsync(Device, new RecordRef("Ærfugl Æ", 1), "id", "x");
        await SaveAsync(Device, new RecordRef("Other", 1), "id", "y");

        var again = await SaveAsync(Device, new RecordRef("ÆRFUGL æ", 1), "id", "z");

        Assert.Equal("Ærfugl Æ", again.Record.Table);
        Assert.Equal(again, await FindAsync(Device, new RecordRef("ærfugl Æ", 1), "id"));
        Assert.Equal("y", (await FindAsync(Device, new RecordRef("OTHER", 1), "id"))?.Value);
    }

    [SkippableFact]
    public async Task UnknownTable_WhenRefused_ChangesNothing()
    {
        await using var strict = await OpenAsync(new StoreOptions { ConnectionString = "", AcceptUnknownTables = false });

        var refusal = await Assert.ThrowsAsync<StoreException>(
            () => strict.SaveKeyAsync(new KeyAddress(Device, new RecordRef("nonsense", 1), "id"), "x", By, default));

        Assert.Equal(StoreError.UnknownTable, refusal.Error);
        Assert.Contains("nonsense", refusal.Message, StringComparison.Ordinal);
        Assert.Null(await FindAsync(Device, new RecordRef("nonsense", 1), "id"));
        await SaveAsync(Device, new RecordRef("contact", 1), "id", "x");
    }

    [SkippableFact]
    public async Task MissingKey_IsNull()
    {
        await SaveAsync(Device, new RecordRef("contact", 7), "id", "x");

        Assert.Null(await FindAsync(Device with { Application = "none" }, new RecordRef("contact", 7), "id"));
        Assert.Null(await FindAsync(Device with { Identifier = "none" }, new RecordRef("contact", 7), "id"));
        Assert.Null(await FindAsync(Device, new RecordRef("no such table", 7), "id"));
        Assert.Null(await FindAsync(Device, new RecordRef("", 0), "id"));
    }

    [SkippableFact]
    public async Task WithoutIdentifier_TheOldestKeyOfAllDevicesOfTheNameWins()
    {
        var record = new RecordRef("contact", 7);
        await SaveAsync(Device with { Identifier = "early" }, record, "other", "x");
        await SaveAsync(Device with { Identifier = "late" }, record, "id", "oldest");
        await SaveAsync(Device with { Identifier = "early" }, record, "id", "younger");
        await SaveAsync(Device with { Identifier = "late" }, record, "id", "oldest, updated");

        Assert.Equal("oldest, updated", (await FindAsync(Device with { Identifier = null }, record, "id"))?.Value);
    }

    [SkippableFact]
    public async Task Delete_TakesBlankTableAndRecordAsAny()
    {
        RecordRef[] records = [new("", 0), new("contact", 0), new("contact", 1), new("contact", 2), new("person", 1)];
        var elsewhere = Device with { Identifier = "2" };
        foreach (var record in records)
        {
            await SaveAsync(Device, record, "id", "x");
            await SaveAsync(Device, record, "other", "x");
            await SaveAsync(elsewhere, record, "id", "x");
        }

        Assert.Equal(1, await DeleteAsync("CONTACT", 1));
        Assert.Null(await FindAsync(Device, new RecordRef("contact", 1), "id"));
        Assert.Equal(2, await DeleteAsync("contact", null));
        Assert.NotNull(await FindAsync(Device, new RecordRef("person", 1), "id"));
        Assert.Equal(2, await DeleteAsync(null, null));
        Assert.Equal(0, await DeleteAsync(null, null));
        Assert.Equal(0, await DeleteAsync("no such table", null));
        foreach (var record in records)
        {
            Assert.Null(await FindAsync(Device, record, "id"));
            Assert.NotNull(await FindAsync(Device, record, "other"));
            Assert.NotNull(await FindAsync(elsewhere, record, "id"));
        }

        Task<int> DeleteAsync(string? table, int? record) =>
            _store.DeleteKeysAsync(new KeyFilter(Device, "id", table, record), default);
    }

    [SkippableFact]
    public async Task DeleteWithoutAnIdentifier_IsOnAllDevicesOfTheName()
    {
        var record = new RecordRef("contact", 1);
        DeviceAddress[] ofName = [Device with { Identifier = "" }, Device with { Identifier = "1" }, Device with { Identifier = "2" }];
        DeviceAddress[] others = [Device with { Device = "other" }, Device with { Application = "other" }];
        foreach (var device in ofName.Concat(others))
        {
            await SaveAsync(device, record, "id", "v");
            await SaveAsync(device, record, "kept", "v");
        }

        var filter = new KeyFilter(Device with { Identifier = null }, "id", "contact", null);
        Assert.Equal(3, await _store.DeleteKeysAsync(filter, default));
        Assert.Equal(0, await _store.DeleteKeysAsync(filter, default));
        foreach (var device in ofName)
        {
            Assert.Null(await FindAsync(device, record, "id"));
            Assert.NotNull(await FindAsync(device, record, "kept"));
        }

        foreach (var device in others)
        {
            Assert.NotNull(await FindAsync(device, record, "id"));
        }
    }

    [SkippableFact]
    public async Task DeleteUnderMissingDevice_IsFine() =>
        Assert.Equal(0, await _store.DeleteKeysAsync(new KeyFilter(Device, "id", null, null), default));

    [SkippableFact]
    public async Task ConcurrentSaves_AreAllThere_AndMakeOneDevice()
    {
        var ids = Enumerable.Range(1, 2_000).ToArray();

        await Task.WhenAll(ids.Select(id => Task.Run(() => SaveAsync(Device, new RecordRef("contact", id), "id", $"v{id}"))));

        foreach (var id in ids)
        {
            Assert.Equal($"v{id}", (await FindAsync(Device with { Identifier = null }, new RecordRef("contact", id), "id"))?.Value);
        }
    }

    [SkippableFact]
    public async Task FullQueue_RefusesAndKeepsWhatItTook()
    {
        await using var narrow = await OpenAsync(new StoreOptions { ConnectionString = "", WriteQueueCapacity = 4, MaxBatch = 2 });
        var accepted = new List<(int Id, Task Save)>();
        var refused = 0;
        for (var id = 1; id <= 20_000 && refused < 10; id++)
        {
            try
            {
                accepted.Add((id, narrow.SaveKeyAsync(new KeyAddress(Device, new RecordRef("contact", id), "id"), "x", By, default)));
            }
            catch (StoreException e) when (e.Error == StoreError.Overloaded)
            {
                refused++;
            }
        }

        Assert.Equal(10, refused);
        await Task.WhenAll(accepted.Select(a => a.Save));
        foreach (var (id, _) in accepted)
        {
            Assert.NotNull(await FindAsync(Device, new RecordRef("contact", id), "id"));
        }
    }

    [SkippableFact]
    public async Task FailingItem_FailsAlone()
    {
        await using var store = await OpenAsync(new StoreOptions { ConnectionString = "", AcceptUnknownTables = false });
        var saves = Enumerable.Range(1, 300)
            .Select(id => (Id: id, Save: store.SaveKeyAsync(
                new KeyAddress(Device, new RecordRef(id % 3 == 0 ? "nonsense" : "contact", id), "id"), "x", By, default)))
            .ToArray();

        foreach (var (id, save) in saves)
        {
            if (id % 3 == 0)
            {
                await Assert.ThrowsAsync<StoreException>(() => save);
            }
            else
            {
                Assert.Equal("x", (await save).Value);
            }
        }
    }

    [SkippableFact]
    public async Task CancelledBeforeItBegan_IsNotDone()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _store.SaveKeyAsync(new KeyAddress(Device, new RecordRef("contact", 1), "id"), "x", By, cancelled.Token));

        Assert.Null(await FindAsync(Device, new RecordRef("contact", 1), "id"));
    }

    [SkippableFact]
    public async Task AfterClosing_IsUnavailable()
    {
        await _store.DisposeAsync();

        Assert.Equal(StoreError.Unavailable, (await Assert.ThrowsAsync<StoreException>(() => SaveAsync(Device, default, "id", "x"))).Error);
        Assert.Equal(StoreError.Unavailable, (await Assert.ThrowsAsync<StoreException>(() => _store.CheckAsync(default))).Error);
    }

    [SkippableFact]
    public async Task Closing_CarriesOutWhatIsQueued()
    {
        var saves = Enumerable.Range(1, 500).Select(id => SaveAsync(Device, new RecordRef("contact", id), "id", "x")).ToArray();

        await _store.DisposeAsync();

        Assert.All(await Task.WhenAll(saves), saved => Assert.Equal("x", saved.Value));
    }

    [SkippableFact]
    public async Task Reopened_HasEverything()
    {
        await SaveAsync(Device, new RecordRef("My table", 1), "id", "x");
        await _store.DisposeAsync();

        _store = await OpenAsync(new StoreOptions { ConnectionString = "" });

        Assert.Equal("x", (await FindAsync(Device, new RecordRef("my TABLE", 1), "id"))?.Value);
    }

    [SkippableFact]
    public async Task AnyUnicode_ComesBackAsItWas()
    {
        var text = Gen.OneOf(Gen.String, Gen.String[Gen.Char['\0', '\uD7FF']], Gen.Const("😀\0 %2F'\"\r\n"))
            .Where(s => !s.Any(char.IsSurrogate) || s.Contains("😀", StringComparison.Ordinal));
        var record = 0;
        await Gen.Select(text, text, text, text, text).SampleAsync(
            async (app, device, identifier, name, value) =>
            {
                // A record each: cases run side by side, and may have the same names.
                var address = new KeyAddress(
                    new DeviceAddress(app, device, identifier), new RecordRef("contact", Interlocked.Increment(ref record)), name);
                var saved = await _store.SaveKeyAsync(address, value, By, default);
                var found = await _store.FindKeyAsync(address, default);
                return saved == found && found.Name == name && found.Value == value;
            },
            iter: 300);
    }

    [SkippableFact]
    public async Task Check_PassesOnAnOpenStore() => await _store.CheckAsync(default);

    private Task<StoredKey> SaveAsync(DeviceAddress device, RecordRef record, string name, string value) =>
        _store.SaveKeyAsync(new KeyAddress(device, record.Table is null ? new RecordRef("", 0) : record, name), value, By, default);

    private ValueTask<StoredKey?> FindAsync(DeviceAddress device, RecordRef record, string name) =>
        _store.FindKeyAsync(new KeyAddress(device, record, name), default);
}
