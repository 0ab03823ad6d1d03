"""What an alert's severity says of its item (semantics §2). Pure."""

from app.impact.model import HealthState

_DOWN = {"critical", "fatal", "error", "disaster", "high", "major", "page", "emergency", "alert", "sev0", "sev1"}
_DEGRADED = {"warning", "warn", "minor", "average", "medium", "sev2", "sev3"}
_NOTHING = {"info", "information", "informational", "notice", "none", "ok", "debug", "low", "sev4", "sev5"}


def state_of_severity(severity: str | None) -> HealthState:
    """DOWN, DEGRADED or OPERATIONAL; without a severity we know that something is wrong, not that it is down."""
    word = (severity or "").strip().casefold()
    if word in _DOWN:
        return HealthState.DOWN
    return HealthState.OPERATIONAL if word in _NOTHING else HealthState.DEGRADED
