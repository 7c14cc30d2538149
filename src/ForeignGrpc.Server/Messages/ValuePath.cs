using System.Globalization;
using System.Text;
using ForeignGrpc.Server.Localization;

namespace ForeignGrpc.Server.Messages;

/// <summary>The position of a reader in a body or value, for error messages. The text is built only when an error needs it.</summary>
/// <param name="root">The name of the whole body or value.</param>
internal sealed class ValuePath(string root)
{
    private readonly List<(string Name, int Index)> _steps = [];

    /// <summary>Enters a property.</summary>
    public void Enter(string name) => _steps.Add((name, -1));

    /// <summary>Enters an item of a list.</summary>
    public void Enter(int index) => _steps.Add(("", index));

    /// <summary>Leaves the last entered property or item.</summary>
    public void Leave() => _steps.RemoveAt(_steps.Count - 1);

    /// <summary>The path, such as `Devices[0].Name`, shortened; at the root, the name of the root.</summary>
    public override string ToString()
    {
        if (_steps.Count == 0)
        {
            return root;
        }

        var text = new StringBuilder();
        foreach (var (name, index) in _steps)
        {
            if (index >= 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"[{index}]");
            }
            else
            {
                text.Append(text.Length == 0 ? "" : ".").Append(Excerpt.Of(name));
            }
        }

        return Excerpt.Of(text.ToString());
    }
}
