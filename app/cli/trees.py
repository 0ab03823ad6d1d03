"""Trees: many paths to few ends drawn as one tree, from the end outwards. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Tree: TypeAlias = "dict[str, Tree]"
"""Children by key, in the order in which they are drawn."""


@dataclass(frozen=True, slots=True)
class Guides:
    """How a line hangs on those above it."""

    child: str
    last: str
    beside: str
    below: str = "    "


LINES = Guides("├── ", "└── ", "│   ")
ASCII = Guides("|-- ", "`-- ", "|   ")


def tree_of(paths: Iterable[Sequence[str]]) -> Tree:
    """The tree whose branches are the paths read backwards: a path's last key is a root.

    Branches stand in the order in which a path first needs them, so what is named first is drawn first. A key on
    several paths that do not end alike stands in several places; nothing that is on a path is left out.
    """
    roots: Tree = {}
    for path in paths:
        branch = roots
        for key in reversed(path):
            branch = branch.setdefault(key, {})
    return roots


def tree_lines(tree: Tree, guides: Guides = LINES) -> Iterator[tuple[str, str]]:
    """The guide and the key of each line, roots without a guide. Not recursive: a path may be long."""
    waiting = [("", "", key, below) for key, below in reversed(tree.items())]
    while waiting:
        guide, indent, key, below = waiting.pop()
        yield guide, key
        children = list(below.items())
        for place, (child, rest) in enumerate(reversed(children)):
            hook, beyond = (guides.last, guides.below) if place == 0 else (guides.child, guides.beside)
            waiting.append((indent + hook, indent + beyond, child, rest))
