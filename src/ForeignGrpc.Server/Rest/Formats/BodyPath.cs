using System.Globalization;
using System.Text;
using ForeignGrpc.Server.Localization;

namespace ForeignGrpc.Server.Rest.Formats;

/// <summary>The place in a body that a reader has reached. It costs nothing until an error needs it as text.</summary>
/// <param name="root">What the body as a whole is called.</param>
internal sealed class BodyPath(string root)
{
    private readonly List<(string Name, int Index)> _steps = [];

    /// <summary>Goes on to a property.</summary>
    public void Enter(string name) => _steps.Add((name, -1));

    /// <summary>Goes on to an item of a list.</summary>
    public void Enter(int index) => _steps.Add(("", index));

    /// <summary>Goes back to where the last property or item stands.</summary>
    public void Leave() => _steps.RemoveAt(_steps.Count - 1);

    /// <summary>Such as `Devices[0].Name`, shortened; the root's name at the root.</summary>
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
