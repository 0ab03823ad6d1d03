"""What a running service holds: one of each, made in `application`, handed to GraphQL and HTTP."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from app.database.client import Database
from app.impact.model import CutOffs, Moment
from app.settings import Settings
from app.topology.current import Topology


def utc_now() -> datetime:
    """The clock of the service."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Runtime:
    """The parts of one service."""

    settings: Settings
    database: Database
    topology: Topology
    clock: Callable[[], datetime] = utc_now

    @property
    def base_url(self) -> str:
        """How callers reach us."""
        return self.settings.public_url or f"http://{self.settings.host}:{self.settings.port}"

    def moment(self) -> Moment:
        """Now, and what is urgent."""
        cut_offs = CutOffs(self.settings.high_urgency_slack, self.settings.middle_urgency_slack)
        return Moment(self.clock(), cut_offs)

    async def after_write(self) -> None:
        """Bring the arrays up to the write that was just committed."""
        await self.topology.current()
