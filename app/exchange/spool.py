"""The temporary files an export is written to."""

from collections.abc import Iterable, Mapping, Sequence
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import IO, Self

from app.continuity.assessment import Assessment
from app.continuity.assessment_rows import native_assessment
from app.continuity.scenario import Saved
from app.continuity.scenario_rows import native_scenario
from app.exchange.model import RowKind, StoredItem
from app.exchange.writing import Layout, native_dependencies, native_item


class Spool:
    """Collects an export page by page; leaving the block closes what `whole` has not handed out.

    One file for each kind, since dependencies follow all items in a document but come with each of them from the
    database.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        # They outlive a method, the first even the block if `whole` hands it out.
        self._files: dict[RowKind, IO[bytes]] = {kind: TemporaryFile() for kind in layout.opening}  # noqa: SIM115
        self._open = [*self._files.values()]
        for kind, opening in layout.opening.items():
            self._files[kind].write(opening)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._open:
            file.close()

    def add_items(self, page: Sequence[StoredItem]) -> None:
        """Write some items and the edges that leave them."""
        self._append(RowKind.ITEM, map(native_item, page))
        self._append(RowKind.DEPENDENCY, (raw for item in page for raw in native_dependencies(item)))

    def add_assessments(self, page: Sequence[Assessment]) -> None:
        """Write some versions of business impact analyses."""
        self._append(RowKind.ASSESSMENT, map(native_assessment, page))

    def add_scenarios(self, page: Sequence[Saved]) -> None:
        """Write some scenarios."""
        self._append(RowKind.SCENARIO, map(native_scenario, page))

    def whole(self) -> IO[bytes]:
        """The finished file at its start; the caller closes it."""
        first, *others = self._files.values()
        for file in others:
            file.seek(0)
            copyfileobj(file, first)
        first.write(self._layout.tail)
        first.seek(0)
        self._open.remove(first)
        return first

    def _append(self, kind: RowKind, records: Iterable[Mapping[str, object]]) -> None:
        file, layout = self._files[kind], self._layout
        for raw in records:
            if layout.between and file.tell() > len(layout.opening[kind]):
                file.write(layout.between)
            file.write(layout.record(kind, raw))
