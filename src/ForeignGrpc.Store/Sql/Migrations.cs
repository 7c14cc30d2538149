namespace ForeignGrpc.Store.Sql;

/// <summary>Reads the scripts that bring a database to the newest schema.</summary>
internal static class Migrations
{
    /// <summary>
    /// Reads the scripts of an engine from the embedded resources `ENGINE/0001.sql`, `ENGINE/0002.sql` and so on, in this order.
    /// </summary>
    public static string[] Read(string engine) => [.. ReadEach(engine)];

    private static IEnumerable<string> ReadEach(string engine)
    {
        var assembly = typeof(Migrations).Assembly;
        for (var version = 1; assembly.GetManifestResourceStream($"{engine}/{version:0000}.sql") is { } stream; version++)
        {
            using var reader = new StreamReader(stream);
            yield return reader.ReadToEnd();
        }
    }
}
