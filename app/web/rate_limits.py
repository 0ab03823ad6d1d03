"""Rate limits: how often a caller or a source may ask, and how often an address may fail to say who it is."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import ceil

from starlette.exceptions import HTTPException

from app.errors import NotAuthenticated
from app.settings import Settings
from app.web.rates import Buckets, Rate, Standing


class RateLimits:
    """The buckets of one worker; several workers have some each.

    What is refused has done nothing: an address that failed too often is told before a secret is compared, and a
    caller before the request is read.
    """

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        callers = Rate(settings.rate_caller_per_second, settings.rate_caller_burst)
        sources = Rate(settings.rate_source_per_second, settings.rate_source_burst)
        failures = Rate(settings.rate_failures_per_minute / 60, settings.rate_failures_per_minute)
        self._callers = Buckets(callers, clock)
        self._sources = Buckets(sources, clock)
        self._failures = Buckets(failures, clock)

    def admit_caller(self, name: str) -> None:
        """Count a request of a caller.

        Raises:
            HTTPException: 429, there were too many.
        """
        _admit(
            self._callers, name, "caller", f"{name!r} asks too often; wait, or raise UNDERPIN_RATE_CALLER_PER_SECOND"
        )

    def admit_source(self, name: str) -> None:
        """Count a delivery of a source; raises as `admit_caller`."""
        detail = f"{name!r} sends too often; send several alerts at once, or raise UNDERPIN_RATE_SOURCE_PER_SECOND"
        _admit(self._sources, name, "source", detail)

    @contextmanager
    def guesses_counted(self, address: str, secret: str | None) -> Iterator[None]:
        """Around telling who asks from this address with this secret; to present none is no guess.

        Raises:
            HTTPException: 429, this address has failed too often.
        """
        standing = self._failures.look(address)
        if standing.is_empty:
            detail = "too many requests from this address had a wrong token; correct it, then wait"
            raise _refusal(self._failures, standing, "failures", detail)
        try:
            yield
        except NotAuthenticated:
            if secret is not None:
                self._failures.take(address)
            raise


def _admit(buckets: Buckets, name: str, policy: str, detail: str) -> None:
    standing = buckets.take(name)
    if standing.is_empty:
        raise _refusal(buckets, standing, policy, detail)


def _refusal(buckets: Buckets, standing: Standing, policy: str, detail: str) -> HTTPException:
    """The refusal with what the draft on RateLimit headers asks for."""
    rate = buckets.rate
    headers = {
        "Retry-After": str(standing.wait_seconds),
        "RateLimit-Policy": f'"{policy}";q={rate.burst};w={ceil(rate.burst / rate.per_second)}',
        "RateLimit": f'"{policy}";r={standing.left};t={standing.wait_seconds}',
    }
    return HTTPException(429, detail, headers)
