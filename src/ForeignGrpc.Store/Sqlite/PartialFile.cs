using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sqlite;

/// <summary>
/// A file while it is being written: it has a name of its own until it is whole, and a lock of the operating system, by which another run
/// tells it from one that a killed program left behind.
/// </summary>
internal sealed class PartialFile : IDisposable
{
    private const string Suffix = ".foreigngrpc.partial";

    private readonly string _file;
    private readonly FileStream _stream;
    private bool _isFinished;

    private PartialFile(string file, FileStream stream) => (_file, _stream) = (file, stream);

    /// <summary>Its name for now.</summary>
    public string Path => _file + Suffix;

    /// <summary>Begins a file, empty.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.CannotOpen"/>: another program is writing it.</exception>
    public static PartialFile Create(string file)
    {
        try
        {
            var stream = OwnerOnly.Open(file + Suffix, FileMode.OpenOrCreate, FileShare.None);
            stream.SetLength(0);
            return new PartialFile(file, stream);
        }
        catch (IOException e) when (OwnerOnly.IsHeldByAnother(e))
        {
            throw new StoreException(StoreError.CannotOpen, $"The file '{file}' is being written by another program.", e);
        }
    }

    /// <summary>Removes from a folder what killed programs left there; what is being written stays.</summary>
    public static void RemoveLeftovers(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*" + Suffix))
        {
            try
            {
                using var stream = OwnerOnly.Open(path, FileMode.Open, FileShare.None);
                File.Delete(path + "-journal");
                File.Delete(path);
            }
            catch (IOException e) when (OwnerOnly.IsHeldByAnother(e) || e is FileNotFoundException)
            {
                // Another program is writing it, or has just given it its name.
            }
            catch (UnauthorizedAccessException)
            {
                // Another user's.
            }
        }
    }

    /// <summary>Has it hold what another file holds.</summary>
    public void CopyFrom(string source)
    {
        using var from = File.OpenRead(source);
        from.CopyTo(_stream);
    }

    /// <summary>Gives it its name, in the place of a file that has it, once its content is on disk; then that is on disk too.</summary>
    public void Finish()
    {
        _stream.Flush(flushToDisk: true);
        File.Move(Path, _file, overwrite: true);
        _isFinished = true;
        NativeFiles.FlushFolder(System.IO.Path.GetDirectoryName(_file)!);
    }

    /// <summary>Removes it, unless it has its name.</summary>
    public void Dispose()
    {
        if (!_isFinished)
        {
            File.Delete(Path);
        }

        _stream.Dispose();
    }
}
