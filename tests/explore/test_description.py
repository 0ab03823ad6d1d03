"""The description of the model is of what can be explored, whole, and true of the graph."""

from app.database.client import Database
from app.explore.allowed import LABELS, RELATIONS
from app.explore.description import PropertyDescription, described
from tests.stored import item, needs, upserted


async def test_every_label_and_type_that_can_be_explored_is_described(database: Database) -> None:
    model = await described(database)

    assert {one.name for one in model.labels} == LABELS - {"ConfigurationItem"}
    assert {one.name for one in model.types} == RELATIONS
    assert {one.count for one in model.types} == {0}


async def test_counts_properties_and_patterns_are_those_of_the_graph(database: Database) -> None:
    await upserted(database, [item("api", "IT_SERVICE"), item("db", name="Ledger")], [needs("api", "db")])

    model = await described(database)

    (component,) = [one for one in model.labels if one.name == "Component"]
    (depends_on,) = [one for one in model.types if one.name == "DEPENDS_ON"]
    assert component.count == 1
    assert PropertyDescription("name", ("STRING",), "Ledger") in component.properties
    assert (depends_on.count, depends_on.between) == (1, ("(:ITService)-[:DEPENDS_ON]->(:Component)",))
    assert "strength" in depends_on.properties
