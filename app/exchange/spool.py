"""The temporary files an export is written to."""

from collections.abc import Iterable, Sequence
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import IO, Self

from app.exchange.model import StoredItem
from app.exchange.writing import Layout, native_dependencies, native_item


class Spool:
    """Collects an export page by page; leaving the block closes what `whole` has not handed out.

    Two files, since dependencies follow all items in a document but come with each of them from the database.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._items: IO[bytes] = TemporaryFile()  # noqa: SIM115 - outlives the block if `whole` hands it out
        self._dependencies: IO[bytes] = TemporaryFile()  # noqa: SIM115 - closed with it
        self._open: list[IO[bytes]] = [self._items, self._dependencies]
        self._items.write(layout.head)
        self._dependencies.write(layout.middle)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._open:
            file.close()

    def add(self, page: Sequence[StoredItem]) -> None:
        """Write some items and the edges that leave them."""
        layout = self._layout
        self._append(self._items, layout.head, (layout.item(native_item(item)) for item in page))
        edges = (layout.dependency(raw) for item in page for raw in native_dependencies(item))
        self._append(self._dependencies, layout.middle, edges)

    def whole(self) -> IO[bytes]:
        """The finished file at its start; the caller closes it."""
        self._dependencies.write(self._layout.tail)
        self._dependencies.seek(0)
        copyfileobj(self._dependencies, self._items)
        self._items.seek(0)
        self._open.remove(self._items)
        return self._items

    def _append(self, file: IO[bytes], opening: bytes, records: Iterable[bytes]) -> None:
        for record in records:
            if self._layout.between and file.tell() > len(opening):
                file.write(self._layout.between)
            file.write(record)
