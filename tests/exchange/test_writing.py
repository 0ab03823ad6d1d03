"""What is written is what is read back."""

import json
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from app.exchange.model import Format, Plan, Source, StoredEdge, StoredItem
from app.exchange.plan import read_sources
from app.exchange.spool import Spool
from app.exchange.writing import LAYOUTS
from app.inventory.losses import LossBand
from app.inventory.model import DependencyDraft, Identifier, ItemDraft, ItemType, Member, Relation
from tests.exchange.reading import LIMITS

DB = StoredItem(
    "db",
    ItemType.REDUNDANCY_GROUP,
    {"key": "db", "name": "Yes", "lifecycle": "LIVE", "revision": 3, "source": "cmdb", "minAvailable": 1},
    (),
    (
        StoredEdge(Relation.DEPENDS_ON, "san", {"strength": "SOFT", "source": "cmdb"}),
        StoredEdge(Relation.HAS_MEMBER, "db-1", {"weight": 1}),
        StoredEdge(Relation.HAS_MEMBER, "db-2", {"weight": 2, "confidence": 0.5}),
        StoredEdge(Relation.OWNED_BY, "ops", {"source": "cmdb"}),
    ),
)  # fmt: skip
PAY = StoredItem(
    "pay",
    ItemType.BUSINESS_PROCESS,
    {
        "name": "Pay",
        "lossCurrency": "EUR",
        "lossBandSeconds": [3600, 14400],
        "lossBandAmounts": ["12000.00", "99999999999.9999"],
    },
    (),
    (),
)
SAN = StoredItem("san", ItemType.COMPONENT, {"key": "san", "name": "san"}, (Identifier("ip", "::1"),), ())

texts = st.text(st.characters(codec="utf-8"), max_size=40)
names = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=10,
)
stored_items = st.builds(
    lambda key, name, attributes, seconds: StoredItem(
        key,
        ItemType.COMPONENT,
        {
            "key": key,
            "name": name,
            "attributes": json.dumps(attributes, ensure_ascii=False),
            "recoveryTimeSeconds": seconds,
        },
        (),
        (),
    ),
    st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,20}", fullmatch=True),
    names,
    st.dictionaries(texts, values, max_size=4),
    st.integers(0, 2**53),
)


def written(form: Format, *items: StoredItem) -> bytes:
    with Spool(LAYOUTS[form]) as spool:
        spool.add_items(items)
        with spool.whole() as file:
            return file.read()


def read_back(form: Format, content: bytes) -> Plan:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "export"
        path.write_bytes(content)
        return read_sources([Source("export", path)], max_rows=1_000, limits=LIMITS, form=form)


def test_yaml_is_short_and_leaves_out_what_an_import_sets() -> None:
    assert written(Format.YAML, DB, SAN).decode() == (
        "items:\n"
        '  - {key: db, type: REDUNDANCY_GROUP, name: "Yes", lifecycle: LIVE, owner: ops, minAvailable: 1, '
        "members: [db-1, {key: db-2, weight: 2}]}\n"
        '  - {key: san, type: COMPONENT, name: san, identifiers: [{kind: ip, value: "::1"}]}\n'
        "dependencies:\n"
        "  - {from: db, to: san, relation: DEPENDS_ON, strength: SOFT}\n"
        "  - {from: db, to: db-2, relation: HAS_MEMBER, confidence: 0.5, weight: 2}\n"
        "assessments:\n"
        "scenarios:\n"
    )


@pytest.mark.parametrize("form", LAYOUTS)
def test_what_is_written_is_read_back(form: Format) -> None:
    plan = read_back(form, written(form, DB, SAN))

    assert plan.problems == ()
    db, san = plan.items
    assert db.fields == {"name": "Yes", "lifecycle": "LIVE", "owner": "ops", "minAvailable": 1}
    assert db.members == (Member("db-1", 1), Member("db-2", 2))
    assert san == ItemDraft(san.where, "san", ItemType.COMPONENT, {"name": "san"}, (Identifier("ip", "::1"),))
    soft, joined = plan.dependencies
    assert soft == DependencyDraft(soft.where, "db", "san", Relation.DEPENDS_ON, {"strength": "SOFT"})
    assert joined.properties == {"confidence": 0.5, "weight": 2}


def test_loss_bands_are_listed_with_amounts_as_text() -> None:
    assert written(Format.YAML, PAY).decode().splitlines()[1] == (
        "  - {key: pay, type: BUSINESS_PROCESS, name: Pay, lossCurrency: EUR, "
        'lossBands: [{afterSeconds: 3600, cumulativeLoss: "12000.00"}, '
        '{afterSeconds: 14400, cumulativeLoss: "99999999999.9999"}]}'
    )


@pytest.mark.parametrize("form", LAYOUTS)
def test_loss_bands_are_read_back_to_the_last_digit(form: Format) -> None:
    [pay] = read_back(form, written(form, PAY)).items

    assert pay.loss_bands == (LossBand(3600, Decimal("12000.00")), LossBand(14400, Decimal("99999999999.9999")))


@pytest.mark.parametrize("form", LAYOUTS)
def test_an_empty_inventory_is_a_valid_document(form: Format) -> None:
    assert read_back(form, written(form)) == Plan((), (), (), (), ())


@given(stored=stored_items, form=st.sampled_from(list(LAYOUTS)))
def test_names_and_attributes_survive_every_format(stored: StoredItem, form: Format) -> None:
    plan = read_back(form, written(form, stored))

    assert plan.problems == ()
    [item] = plan.items
    assert item.key == stored.key
    assert item.fields["name"] == stored.properties["name"]
    assert item.fields["recoveryTimeSeconds"] == stored.properties["recoveryTimeSeconds"]
    assert (item.attributes or {}) == json.loads(str(stored.properties["attributes"]))


@given(stored=stored_items)
def test_another_yaml_parser_reads_the_same_text(stored: StoredItem) -> None:
    document = yaml.safe_load(written(Format.YAML, stored))

    assert document["items"][0]["name"] == stored.properties["name"]
