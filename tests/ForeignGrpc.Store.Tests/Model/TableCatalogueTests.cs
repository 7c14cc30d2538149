using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Tests;

public sealed class TableCatalogueTests
{
    [Fact]
    public void AllDocumentedTables_AreThere() => Assert.Equal(537, TableCatalogue.Documented.Count);

    [Theory]
    [InlineData("sequence", 0)]
    [InlineData("Contact", 5)]
    [InlineData("ticket_relation", 556)]
    [InlineData("", TableCatalogue.Unbound)]
    public void DocumentedName_HasItsNumber_InAnyCase(string name, int number)
    {
        Assert.Equal(number, TableCatalogue.FindNumber(name));
        Assert.Equal(number, TableCatalogue.FindNumber(name.ToUpperInvariant()));
        Assert.Equal(name, TableCatalogue.FindName(number), ignoreCase: true);
    }

    [Fact]
    public void OtherNames_HaveNone()
    {
        Assert.Null(TableCatalogue.FindNumber("contact "));
        Assert.Null(TableCatalogue.FindName(TableCatalogue.FirstRegistered));
    }

    [Fact]
    public void NumbersOfDocumentedTables_StayBelowRegisteredOnes() =>
        Assert.All(TableCatalogue.Documented.Keys, number => Assert.InRange(number, 0, TableCatalogue.FirstRegistered - 1));
}
