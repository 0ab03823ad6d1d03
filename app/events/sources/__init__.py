"""The senders we understand. A new one is a new module here with a `SOURCE`; nothing else has to be told."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from app.errors import NotFound
from app.events.delivery import Source


@cache
def sources() -> Mapping[str, Source]:
    """Every source by its name, as in `/webhooks/{name}`."""
    modules = [import_module(f"{__name__}.{one.name}") for one in iter_modules(__path__)]
    found: list[Source] = [module.SOURCE for module in modules if hasattr(module, "SOURCE")]
    return {source.name: source for source in sorted(found, key=lambda source: source.name)}


def source_named(name: str) -> Source:
    """The source of this name.

    Raises:
        NotFound: there is none; the sentence lists them.
    """
    if name in sources():
        return sources()[name]
    raise NotFound(f"no event source is called {name!r}; use one of {', '.join(sources())}")
