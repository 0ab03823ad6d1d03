"""What is lost of data against the definition, over random worlds."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf

from hypothesis import given
from hypothesis import strategies as st

from app.continuity.data_loss import LossKind
from app.continuity.verdicts import ObjectiveStatus, rpo_verdict
from app.inventory.model import ItemType
from app.topology.graph import EdgeKind
from tests.continuity.drawing import HOUR, Pair, Recovery, with_facts
from tests.continuity.oracle import BUSINESS, LAW
from tests.graphs import World
from tests.impact.oracle import worlds

Hours = Mapping[str, float]
GROUP = ItemType.REDUNDANCY_GROUP


@dataclass(frozen=True)
class Stores:
    """A world, who depends on whom for data, and how old the copies are, in hours."""

    world: World
    data: frozenset[Pair]
    lags: Hours
    intervals: Hours
    objectives: Hours

    @property
    def recovery(self) -> Recovery:
        """The same for the rules."""
        columns = {
            "replication_lag_seconds": self.lags,
            "backup_interval_seconds": self.intervals,
            "rpo_seconds": self.objectives,
        }
        return with_facts(self.world, data=self.data, columns=columns)

    def own(self, key: str, kind: LossKind, unknown: float) -> float:
        """How old the copies of an item are by itself."""
        is_group = any(one.key == key and one.type is GROUP for one in self.world.vertices)
        held = key in self.lags or key in self.intervals
        if not held and (is_group or any(one == key for one, _ in self.data)):
            return 0
        lag = self.lags.get(key) if kind is LossKind.PHYSICAL_LOSS else None
        return self.intervals.get(key, unknown) if lag is None else lag

    def members(self, key: str, ages: Hours, unknown: float) -> tuple[float, set[str]]:
        """The age of the k-th freshest member of a group, and the members that are waited for; all of them, and it is
        at most `unknown`, where they are not enough."""
        number = self.world.graph.number[key]
        found = [one for one in self.world.edges if one.dependent == key and one.kind is EdgeKind.MEMBER]
        heavy, last, chosen = 0, 0.0, set[str]()
        for edge in sorted(found, key=lambda one: (ages[one.provider], one.provider)):
            if heavy < self.world.graph.needed[number]:
                heavy, last = heavy + edge.weight, ages[edge.provider]
                chosen.add(edge.provider)
        return (last if heavy >= self.world.graph.needed[number] else max(last, unknown)), chosen

    def ages(self, kind: LossKind, unknown: float) -> dict[str, float]:
        """The least fixpoint."""
        ages: dict[str, float] = {one.key: 0 for one in self.world.vertices}
        while True:
            after = {one.key: self._age(one.key, one.type, ages, kind, unknown) for one in self.world.vertices}
            if after == ages:
                return ages
            ages = after

    def _age(self, key: str, type: ItemType, ages: Hours, kind: LossKind, unknown: float) -> float:
        below = [ages[other] for one, other in self.data if one == key]
        if type is GROUP:
            below.append(self.members(key, ages, unknown)[0])
        return max([self.own(key, kind, unknown), *below])

    def required(self, kind: LossKind) -> dict[str, float]:
        """The greatest fixpoint of what the business asks for."""
        ages = self.ages(kind, 0)
        types = {one.key: one.type for one in self.world.vertices}
        asks = {key: self.objectives.get(key, inf) if types[key] in BUSINESS else inf for key in types}
        edges = set(self.data)
        for key in (key for key, type in types.items() if type is GROUP):
            edges |= {(key, member) for member in self.members(key, ages, 0)[1]}
        for _ in types:
            for one, other in edges:
                asks[other] = min(asks[other], asks[one])
        return asks


@st.composite
def stores(draw: st.DrawFn) -> Stores:
    """A random world in which any item may hold data and depend on others for data."""
    world = draw(worlds())
    keys = [one.key for one in world.vertices]
    hours = st.sampled_from([0.0, 1.0, 2.0, 5.0])
    items = [one.key for one in world.vertices if one.type is not GROUP] or keys
    some = st.dictionaries(st.sampled_from(items), hours, max_size=6)
    pairs = st.tuples(st.sampled_from(keys), st.sampled_from(keys)).filter(lambda pair: pair[0] != pair[1])
    data = draw(st.sets(pairs, max_size=10)) if len(keys) > 1 else set()
    return Stores(world, frozenset(data), draw(some), draw(some), draw(some))


@LAW
@given(stores(), st.sampled_from(LossKind))
def test_ages_and_what_is_asked_are_those_of_the_equations(drawn: Stores, kind: LossKind) -> None:
    data = drawn.recovery.picture.data
    least, most, asked = drawn.ages(kind, 0), drawn.ages(kind, inf), drawn.required(kind)

    for key, number in drawn.world.graph.number.items():
        required = data.required_seconds(number, kind)
        assert (inf if required is None else required / HOUR) == asked[key]
        loss = data.loss(number, kind)
        if loss is not None:
            at_most = inf if loss.at_most_seconds is None else loss.at_most_seconds / HOUR
            assert (loss.at_least_seconds / HOUR, at_most) == (least[key], most[key])


@LAW
@given(stores(), st.sampled_from(LossKind))
def test_the_overruns_of_the_estate_are_those_of_each_item(drawn: Stores, kind: LossKind) -> None:
    data = drawn.recovery.picture.data

    verdicts = {number: rpo_verdict(data, number, kind) for number in drawn.world.graph.number.values()}
    expected = {number: one.gap_seconds for number, one in verdicts.items() if one.status is ObjectiveStatus.BREACHED}
    assert dict(data.overruns(kind)) == expected
