namespace ForeignGrpc.Server.Settings;

/// <summary>A class whose properties are settings of a section. A section may have several classes.</summary>
internal sealed record SettingsClass(string Section, Type Type);
