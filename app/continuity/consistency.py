"""Consistency: what contradicts itself in the objectives of a business item (semantics §5). Pure.

What is not known contradicts nothing, unless what is known is already too much.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.continuity.assessment import Contents, Proposal
from app.inventory.model import Properties


@dataclass(frozen=True, slots=True)
class Targets:
    """The objectives of an item in seconds; `None` where nobody said."""

    rto_seconds: int | None = None
    wrt_seconds: int | None = None
    mtpd_seconds: int | None = None
    impact_tolerance_seconds: int | None = None
    rpo_seconds: int | None = None

    @classmethod
    def of(cls, properties: Properties) -> "Targets":
        """Those of an item with these properties."""
        names = ("rtoSeconds", "wrtSeconds", "mtpdSeconds", "impactToleranceSeconds", "rpoSeconds")
        return cls(*(None if properties.get(name) is None else int(properties[name]) for name in names))

    def assessed(self, contents: Contents) -> "Targets":
        """As they would be if an assessment with these contents were approved."""
        said = contents.proposals()
        return replace(
            self,
            rto_seconds=contents.rto_seconds if Proposal.RTO in said else self.rto_seconds,
            wrt_seconds=contents.wrt_seconds if Proposal.WRT in said else self.wrt_seconds,
            mtpd_seconds=contents.mtpd_seconds,
            rpo_seconds=contents.rpo_seconds if Proposal.RPO in said else self.rpo_seconds,
        )


def over_mtpd(targets: Targets) -> str | None:
    """How recovery and the work after it are allowed more than the business can bear, if they are."""
    parts = {"RTO": targets.rto_seconds, "WRT": targets.wrt_seconds}
    spent, most = sum(one for one in parts.values() if one is not None), targets.mtpd_seconds
    if most is None or spent <= most:
        return None
    words = " + ".join(f"{name} {one} s" for name, one in parts.items() if one is not None)
    return f"{words} is more than the MTPD of {most} s; shorten what is allowed by {spent - most} s"


def over_tolerance(targets: Targets) -> str | None:
    """How recovery is allowed more than the impact tolerance, if it is."""
    rto, most = targets.rto_seconds, targets.impact_tolerance_seconds
    if rto is None or most is None or rto <= most:
        return None
    return f"RTO {rto} s is more than the impact tolerance of {most} s; shorten it by {rto - most} s"


def not_as_assessed(targets: Targets, assessed: Targets) -> str | None:
    """How an item's objectives differ from those of its approved assessment, if they do. That it finds no MTPD says
    something; that it proposes no RTO or RPO does not."""
    pairs = {
        "MTPD": (targets.mtpd_seconds, assessed.mtpd_seconds),
        "RTO": (targets.rto_seconds, assessed.rto_seconds),
        "RPO": (targets.rpo_seconds, assessed.rpo_seconds),
    }
    wrong = {
        name: [f"{name} {'none' if one is None else f'{one} s'}" for one in pair]
        for name, pair in pairs.items()
        if pair[0] != pair[1] and (name == "MTPD" or pair[1] is not None)
    }
    if not wrong:
        return None
    own, found = (", ".join(words) for words in zip(*wrong.values(), strict=True))
    return f"it has {own}, but its approved assessment {found}; approve what holds"


def contradictions(targets: Targets) -> Iterator[str]:
    """Everything that contradicts itself, in sentences."""
    yield from filter(None, (over_mtpd(targets), over_tolerance(targets)))


def overdue(reviewed_at: datetime, now: datetime, *, valid_days: int) -> str | None:
    """How long a review is overdue that is due after `valid_days`, if it is."""
    due = reviewed_at + timedelta(days=valid_days)
    if now <= due:
        return None
    return f"the assessment was last reviewed on {reviewed_at:%Y-%m-%d} and was due again on {due:%Y-%m-%d}; review it"
