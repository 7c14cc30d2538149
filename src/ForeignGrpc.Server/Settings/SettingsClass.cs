namespace ForeignGrpc.Server.Settings;

/// <summary>A class whose properties are the settings of a section, or some of them.</summary>
internal sealed record SettingsClass(string Section, Type Type);
