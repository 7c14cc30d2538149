using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sqlite;

/// <summary>
/// A file that is being written. It has a temporary name until it is complete, and a lock of the operating system, which tells it from a
/// file that a killed program left.
/// </summary>
internal sealed class PartialFile : IDisposable
{
    private const string Suffix = ".foreigngrpc.partial";

    private readonly string _file;
    private readonly FileStream _stream;
    private bool _isFinished;

    private PartialFile(string file, FileStream stream) => (_file, _stream) = (file, stream);

    /// <summary>The temporary path.</summary>
    public string Path => _file + Suffix;

    /// <summary>Creates an empty file.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.CannotOpen"/>: another program is writing the file.</exception>
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

    /// <summary>Removes the partial files of killed programs from a folder. Files that are being written stay.</summary>
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
                // Another program is writing the file, or has just completed it.
            }
            catch (UnauthorizedAccessException)
            {
                // The file belongs to another user.
            }
        }
    }

    /// <summary>Copies the content of another file into this one.</summary>
    public void CopyFrom(string source)
    {
        using var from = File.OpenRead(source);
        from.CopyTo(_stream);
    }

    /// <summary>Flushes the content, gives the file its final name, and flushes the folder. An existing file of that name is
    /// replaced.</summary>
    public void Finish()
    {
        _stream.Flush(flushToDisk: true);
        File.Move(Path, _file, overwrite: true);
        _isFinished = true;
        NativeFiles.FlushFolder(System.IO.Path.GetDirectoryName(_file)!);
    }

    /// <summary>Closes the file. Deletes it unless <see cref="Finish"/> was called.</summary>
    public void Dispose()
    {
        if (!_isFinished)
        {
            File.Delete(Path);
        }

        _stream.Dispose();
    }
}
