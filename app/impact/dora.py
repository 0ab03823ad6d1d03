"""Whether an incident would be major under DORA: a first reading, which never guesses. Pure.

Source: Commission Delegated Regulation (EU) 2024/1772, articles 6, 8 and 9. What a map of dependencies cannot know, as
what the press says or whether data were lost, stays UNKNOWN, and so may the verdict.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum

ECONOMIC_EUR = Decimal(100_000)
DURATION = timedelta(hours=24)
DOWNTIME = timedelta(hours=2)
# By ISO 3166-1 alpha-2.
MEMBER_STATES = frozenset(
    [
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
        *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
    ]
)


class Outcome(Enum):
    """Whether a threshold is met, as far as anybody can tell from the estate."""

    MET = "MET"
    NOT_MET = "NOT_MET"
    UNKNOWN = "UNKNOWN"


class Verdict(Enum):
    """What the outcomes add up to."""

    MAJOR = "MAJOR"
    NOT_MAJOR = "NOT_MAJOR"
    UNDECIDED = "UNDECIDED"


class Criterion(Enum):
    """What an incident is measured by."""

    CRITICAL_SERVICES = "CRITICAL_SERVICES"
    CLIENTS = "CLIENTS"
    REPUTATION = "REPUTATION"
    DURATION = "DURATION"
    GEOGRAPHY = "GEOGRAPHY"
    DATA_LOSSES = "DATA_LOSSES"
    MALICIOUS_ACCESS = "MALICIOUS_ACCESS"
    ECONOMIC = "ECONOMIC"


@dataclass(frozen=True, slots=True)
class Hit:
    """A business process or service that is hurt, and not as planned.

    `critical` or important, and the number of `clients` who use it, are `None` where nobody said. It is `certain` that
    it is hurt, not only possible; it is `down` if it cannot be used at all, from `start` to `end` as far as is known.
    """

    critical: bool | None
    certain: bool = True
    down: bool = True
    start: datetime | None = None
    end: datetime | None = None
    clients: int | None = None


@dataclass(frozen=True, slots=True)
class Incident:
    """What is known of an incident at an instant: when it began, whom it hits, in which countries (ISO 3166-1).

    `cost` is what the outages cost in EUR; `cost_is_whole` if that is known of all that is hit.
    """

    at: datetime
    began_at: datetime
    hits: Sequence[Hit]
    countries: frozenset[str] = frozenset()
    cost: Decimal = Decimal(0)
    cost_is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One criterion: what we found (`None`: nothing), what the threshold is, and where that is written."""

    criterion: Criterion
    outcome: Outcome
    value: str | None
    threshold: str
    article: str


@dataclass(frozen=True, slots=True)
class Classification:
    """The verdict, and what it rests on."""

    verdict: Verdict
    findings: tuple[Finding, ...]


def classified(incident: Incident) -> Classification:
    """How the incident would be classified.

    Major: critical services are affected and either somebody had malicious access that may lose data, or two other
    thresholds are met (article 8(1)).
    """
    critical, *others = findings = (
        _critical_services(incident),
        _clients(incident),
        _unknown(Criterion.REPUTATION, "any reputational impact of article 2", "9(2)"),
        _duration(incident),
        _geography(incident),
        _unknown(Criterion.DATA_LOSSES, "any data loss that hurts the business or its duties", "9(5)(a)"),
        _unknown(Criterion.MALICIOUS_ACCESS, "any malicious access that may lose data", "9(5)(b)"),
        _economic(incident),
    )
    return Classification(_verdict(critical, others), findings)


def _verdict(critical: Finding, others: Iterable[Finding]) -> Verdict:
    if critical.outcome is Outcome.NOT_MET:
        return Verdict.NOT_MAJOR
    met = {one.criterion for one in others if one.outcome is Outcome.MET}
    if critical.outcome is Outcome.MET and (Criterion.MALICIOUS_ACCESS in met or len(met) >= 2):
        return Verdict.MAJOR
    # Malicious access alone would make it major, and nobody here can rule that out.
    return Verdict.UNDECIDED


def _unknown(criterion: Criterion, threshold: str, article: str) -> Finding:
    return Finding(criterion, Outcome.UNKNOWN, None, threshold, article)


def _critical_services(incident: Incident) -> Finding:
    certain = sum(1 for hit in incident.hits if hit.critical and hit.certain)
    possible = sum(1 for hit in incident.hits if hit.critical is not False)
    outcome = Outcome.MET if certain else Outcome.UNKNOWN if possible else Outcome.NOT_MET
    value = f"{certain} hit" if certain or not possible else f"{possible} may be"
    threshold = "any service that supports critical or important functions"
    return Finding(Criterion.CRITICAL_SERVICES, outcome, value, threshold, "6, 8(1)")


def _clients(incident: Incident) -> Finding:
    """Nobody can use what is down, so all of its clients are affected; counterparts and transactions are not known."""
    counts = [hit.clients for hit in incident.hits if hit.down and hit.certain and hit.clients]
    outcome = Outcome.MET if counts else Outcome.UNKNOWN
    value = f"all {max(counts)} clients of a service" if counts else None
    threshold = "more than 10 % of the clients of a service, or more than 100 000"
    return Finding(Criterion.CLIENTS, outcome, value, threshold, "9(1)")


def _duration(incident: Incident) -> Finding:
    critical = [hit for hit in incident.hits if hit.critical and hit.certain]
    out = [hit for hit in critical if hit.down and hit.start is not None]
    downtimes = [_lasts(hit.start, hit.end, incident.at) for hit in out if hit.start is not None]
    ends = [hit.end for hit in incident.hits]
    whole = [end for end in ends if end is not None]
    duration = max([incident.at, *whole]) - incident.began_at
    known = len(whole) == len(ends) > 0 and all(hit.critical is not None and hit.certain for hit in incident.hits)
    if max(downtimes, default=timedelta(0)) > DOWNTIME or duration > DURATION:
        outcome = Outcome.MET
    else:
        outcome = Outcome.NOT_MET if known else Outcome.UNKNOWN
    longest = max(downtimes, default=None)
    value = f"{_hours(duration)} in all" + (f", a critical service down for {_hours(longest)}" if longest else "")
    threshold = "longer than 24 hours, or a critical service down for longer than 2 hours"
    return Finding(Criterion.DURATION, outcome, value, threshold, "9(3)")


def _lasts(start: datetime, end: datetime | None, now: datetime) -> timedelta:
    """How long an outage lasts; without a known end, how long it has by now."""
    return max((end or now) - start, timedelta(0))


def _hours(length: timedelta) -> str:
    return f"{length.total_seconds() / 3600:.1f} hours"


def _geography(incident: Incident) -> Finding:
    """Where clients and counterparts live is not known, so fewer than two states rule nothing out."""
    states = sorted(incident.countries & MEMBER_STATES)
    outcome = Outcome.MET if len(states) >= 2 else Outcome.UNKNOWN
    return Finding(Criterion.GEOGRAPHY, outcome, ", ".join(states) or None, "two or more Member States", "9(4)")


def _economic(incident: Incident) -> Finding:
    above = incident.cost > ECONOMIC_EUR
    outcome = Outcome.MET if above else Outcome.NOT_MET if incident.cost_is_whole else Outcome.UNKNOWN
    value = f"EUR {incident.cost:,.2f}" if incident.cost or incident.cost_is_whole else None
    return Finding(Criterion.ECONOMIC, outcome, value, "costs and losses above EUR 100 000", "9(6)")
