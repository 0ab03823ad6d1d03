"""The numbers of items by key, which an edit changes without a copy of them all."""

from collections.abc import Collection, Iterator, Mapping


class Numbers(Mapping[str, int]):
    """A large mapping that nobody changes, and what was added to it and removed since."""

    def __init__(
        self, base: Mapping[str, int], added: Mapping[str, int] | None = None, removed: Collection[str] = ()
    ) -> None:
        self._base = base
        self._added = added or {}
        self._removed = frozenset(removed)

    def edited(self, added: Mapping[str, int], removed: Collection[str]) -> "Numbers":
        """The numbers without `removed` and with `added`; a key of both is added."""
        gone = self._removed | {key for key in removed if key in self._base}
        kept = {key: number for key, number in self._added.items() if key not in removed}
        return Numbers(self._base, {**kept, **added}, gone)

    def __getitem__(self, key: str) -> int:
        """The number of a key."""
        found = self._added.get(key)
        if found is not None:
            return found
        if key in self._removed:
            raise KeyError(key)
        return self._base[key]

    def __iter__(self) -> Iterator[str]:
        """Every key."""
        yield from (key for key in self._base if key not in self._removed)
        yield from self._added

    def __len__(self) -> int:
        """The number of keys."""
        return len(self._base) + len(self._added) - len(self._removed)
