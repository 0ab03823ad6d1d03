"""Reading a delivery whatever comes: what cannot be read is told in sentences, never raised. Pure but for the log."""

import structlog

from app.errors import UnderpinError
from app.events.delivery import Delivery, Reading, Source

_log = structlog.get_logger(__name__)


def read(source: Source, delivery: Delivery, *, max_alerts: int) -> Reading:
    """What a delivery says; with problems and nothing else if it cannot be read, or says too much at once."""
    try:
        reading = source.read(delivery)
    except UnderpinError as error:
        return Reading(problems=(error.message,))
    except Exception:
        # Ours to mend; until then the delivery is kept, and a replay will find it.
        _log.exception("a delivery could not be read", source=source.name)
        return Reading(problems=("this service failed to read it, which its log explains; replay it after an update",))
    if len(reading.alerts) > max_alerts:
        told = f"{len(reading.alerts)} alerts are more than the {max_alerts} taken at once; send fewer in one body"
        return Reading(problems=(f"{told}, or raise UNDERPIN_MAX_ALERTS and replay it",))
    return reading
