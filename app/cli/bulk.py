"""Bulk: `import` streams files to a running service, `export` streams everything back."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from io import FileIO
from pathlib import Path
from typing import Annotated, BinaryIO, Literal

import orjson
import typer

from app.cli.client import Service
from app.cli.drawing import Console, answer_screen
from app.cli.options import DEFAULT_URL, AsJson, Output, Token, Url
from app.cli.reports import import_table, refused_lines
from app.errors import InvalidInput, Unavailable

# app.exchange.model.Format, without the half second that importing it costs every command.
ImportFormat = Literal["ndjson", "json", "yaml", "csv"]
ExportFormat = Literal["ndjson", "json", "yaml"]
_BY_SUFFIX: dict[str, ExportFormat] = {".json": "json", ".yaml": "yaml", ".yml": "yaml"}


def import_(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH...", exists=True, readable=True, show_default=False, help="Files and folders."),
    ],
    source: Annotated[str | None, typer.Option("--source", metavar="NAME", help="Who says so.")] = None,
    form: Annotated[ImportFormat | None, typer.Option("--format", help="Instead of each file's suffix.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,
    skip_bad_rows: Annotated[bool, typer.Option("--skip-bad-rows", help="Import the rest.")] = False,
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = None,
) -> None:
    """Import items, dependencies, assessments and scenarios, all or nothing, and report what changed."""
    asked = {"source": source, "format": form, "dryRun": dry_run or None, "skipBadRows": skip_bad_rows or None}
    parameters = {name: "true" if value is True else str(value) for name, value in asked.items() if value is not None}
    with Service(url, token) as service, Console("uploading") as console, opened_files(paths, console) as files:
        response = service.upload(files, parameters)
        console.close()
        if as_json:
            typer.echo(response.content)
        if not response.is_success:
            raise service.refusal(response)
    if not as_json:
        report = orjson.loads(response.content)
        screen = answer_screen()
        screen.print(import_table(report))
        for line in refused_lines(report):
            screen.print(line, soft_wrap=True)


def export(
    form: Annotated[
        ExportFormat | None, typer.Option("--format", show_default="the suffix of --output, else ndjson")
    ] = None,
    output: Output = None,
    url: Url = DEFAULT_URL,
    token: Token = None,
) -> None:
    """Export every item, dependency, assessment and scenario, as `import` takes them back."""
    chosen = form or _BY_SUFFIX.get(output.suffix.lower() if output else "", "ndjson")
    with Service(url, token) as service, service.export(chosen) as chunks:
        if output is None:
            stream = typer.get_binary_stream("stdout")
            for chunk in chunks:
                stream.write(chunk)
            stream.flush()
        else:
            write_whole(output, chunks)


def write_document(document: bytes, output: Path | None) -> None:
    """Write a document to a file, or to standard output."""
    if output is not None:
        write_whole(output, iter((document,)))
        return
    stream = typer.get_binary_stream("stdout")
    stream.write(document)
    stream.flush()


def write_whole(path: Path, chunks: Iterator[bytes]) -> None:
    """Write a file whole or not at all; what is no plain file, such as a pipe, is written as it is.

    Raises:
        Unavailable: it cannot be written.
    """
    target = path.resolve()
    special = target.exists() and not target.is_file()
    partial = target if special else target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        try:
            with partial.open("wb") as file:
                file.writelines(chunks)
            if not special:
                partial.replace(target)
        finally:
            if not special:
                partial.unlink(missing_ok=True)
    except OSError as error:
        raise Unavailable(f"cannot write {path} ({error.strerror}); give another --output") from error


class _Watched(FileIO):
    """A file that tells how many bytes were read each time."""

    def __init__(self, path: Path, noticed: Callable[[int], None]) -> None:
        super().__init__(path)
        self._noticed = noticed

    def read(self, size: int | None = -1, /) -> bytes:
        chunk = super().read(-1 if size is None else size)
        self._noticed(len(chunk))
        return chunk


@contextmanager
def opened_files(paths: Sequence[Path], console: Console) -> Iterator[list[tuple[str, BinaryIO]]]:
    """The files to send and their names, read with a bar on the console and followed by its spinner."""
    from app.exchange.plan import sources_at

    sent = 0

    def noticed(count: int) -> None:
        nonlocal sent
        sent += count
        if console.is_terminal and count:
            console.progress(sent, total)
            if sent >= total:
                console.wait_for("checking and writing")

    with ExitStack() as stack:
        try:
            sources = sources_at(paths)
            files = [(one.name, stack.enter_context(_Watched(one.path, noticed))) for one in sources]
        except OSError as error:
            raise InvalidInput(f"cannot read {error.filename} ({error.strerror}); make it readable") from error
        total = sum(os.fstat(file.fileno()).st_size for _, file in files)
        yield [*files]
