"""Parts: what a contract promises to bring back although nothing waits for the contract itself (PART_OF). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.continuity.facts import Facts


@dataclass(frozen=True, slots=True)
class Parts:
    """What is part of what directly: of each whole that has any its parts."""

    inside: Mapping[int, list[int]]

    @classmethod
    def of(cls, facts: Facts) -> "Parts":
        """The parts that these facts tell of."""
        return cls(facts.edges.among(facts.edges.part).by_provider())

    def below(self, whole: int) -> list[int]:
        """Everything that is part of it, directly or not."""
        found, waiting = {whole}, [whole]
        while waiting:
            fresh = [one for one in self.inside.get(waiting.pop(), ()) if one not in found]
            found.update(fresh)
            waiting += fresh
        return sorted(found - {whole})
