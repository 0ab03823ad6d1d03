"""What a running service holds: one of each, made in `application`, handed to GraphQL and HTTP."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from app.audit.ledger import Ledger
from app.continuity.current import Held
from app.continuity.gaps import RecoveryGaps, recovery_gaps
from app.continuity.gate import GateReport
from app.continuity.gate_actions import GateRules, change_gate
from app.continuity.groupings import Groupings
from app.continuity.live import LiveContinuity
from app.continuity.picture import ContinuityPicture
from app.continuity.planning import PlanLimits
from app.continuity.reliance import Concentrations, LiveReliance, Reliance, concentrations
from app.continuity.times import CycleRule
from app.continuity.weak_points import RankedPoints, ranked_points
from app.database.client import Database
from app.errors import InvalidInput
from app.events.own_sources import Sources
from app.events.standing import LiveStanding
from app.explore.actions import Explorer
from app.impact.live import Picture
from app.impact.model import CutOffs, Moment
from app.intake.processor import Intake
from app.inventory.overlay import Overlay
from app.news import News
from app.outgoing.forwarding import Forwarding
from app.settings import Settings
from app.situations.store import situation_turn
from app.topology.current import Topology
from app.topology.estates import Estate
from app.topology.names import Names
from app.topology.past import as_of
from app.topology.sights import Sights


def utc_now() -> datetime:
    """The clock of the service."""
    return datetime.now(UTC)


def _ranked(picture: ContinuityPicture) -> RankedPoints:
    return ranked_points(picture.graph)


@dataclass(frozen=True, slots=True)
class Runtime:
    """The parts of one service."""

    settings: Settings
    database: Database
    topology: Topology
    standing: LiveStanding
    intake: Intake
    sources: Sources
    clock: Callable[[], datetime] = utc_now
    forwarding: Forwarding = field(default_factory=Forwarding)
    ledger: Ledger = field(init=False)
    names: Names = field(init=False)
    sights: Sights = field(init=False)
    explorer: Explorer = field(init=False)
    news: News = field(init=False)
    continuity: LiveContinuity = field(init=False)
    recovery_gaps: Held[ContinuityPicture, RecoveryGaps] = field(init=False)
    single_points: Held[ContinuityPicture, RankedPoints] = field(init=False)
    reliance: LiveReliance = field(init=False)
    concentrations: Held[Reliance, Concentrations] = field(init=False)
    groupings: Groupings = field(init=False)

    def __post_init__(self) -> None:
        ledger = Ledger(self.database, self.clock, most_bytes=self.settings.audit_max_bytes)
        object.__setattr__(self, "ledger", ledger)
        object.__setattr__(self, "names", Names(self.database, self.topology))
        object.__setattr__(self, "sights", Sights(self.database, self.topology))
        object.__setattr__(self, "explorer", Explorer(self.database, self.settings))
        object.__setattr__(self, "news", News(self._position))
        object.__setattr__(self, "continuity", LiveContinuity(self.database, self.topology))
        gaps = Held("recovery gaps", partial(recovery_gaps, cycles=self.cycles), self.continuity.current, self.clock)
        object.__setattr__(self, "recovery_gaps", gaps)
        points = Held("single points", _ranked, self.continuity.current, self.clock)
        object.__setattr__(self, "single_points", points)
        object.__setattr__(self, "reliance", LiveReliance(self.database, self.topology.current))
        held = Held("concentrations", concentrations, self.reliance.current, self.clock)
        object.__setattr__(self, "concentrations", held)
        most = self.settings.max_concentration_values
        object.__setattr__(
            self, "groupings", Groupings(self.database, self.reliance.current, self.clock, most_values=most)
        )

    async def _position(self) -> tuple[object, int]:
        """What is another when events, maintenance, the estate or situations have changed."""
        return await self.standing.current(), await situation_turn(self.database)

    @property
    def plan_limits(self) -> PlanLimits:
        """How much one recovery plan may be about."""
        return PlanLimits(self.settings.max_plan_targets, self.settings.max_plan_items)

    @property
    def cycles(self) -> CycleRule:
        """What items take that wait for each other."""
        return CycleRule(self.settings.cycle_recovery)

    def moment(self, at: datetime | None = None) -> Moment:
        """An instant, now if none is given, and what is urgent."""
        cut_offs = CutOffs(self.settings.high_urgency_slack, self.settings.middle_urgency_slack)
        return Moment(at or self.clock(), cut_offs)

    async def estate_at(self, at: datetime) -> Estate:
        """The estate as it was.

        Raises:
            InvalidInput: the instant is to come, has no time zone, or is longer ago than our history.
        """
        if at.tzinfo is None:
            raise InvalidInput(f"asOf has no time zone; write it as {at.isoformat()}Z")
        if at > self.clock():
            raise InvalidInput(f"asOf {at.isoformat()} is still to come; leave it out to ask about now")
        return await as_of(self.database, self.topology, at, most_items=self.settings.max_history_items)

    async def change_gate(self, overlay: Overlay) -> GateReport:
        """What an overlay would make of the weak points of the business (`gate_actions.change_gate`)."""
        rules = GateRules(self.cycles, self.settings.max_cut_set_steps)
        current = self.continuity.current, self.reliance.current
        return await change_gate(self.database, current, overlay, rules, self.clock())

    async def picture(self) -> Picture:
        """How the estate stands."""
        return (await self.standing.current()).picture

    async def after_write(self) -> None:
        """Bring the arrays up to the write that was just committed."""
        await self.standing.current()
