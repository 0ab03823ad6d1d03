"""The download: missing jars from a Maven repository into the cache, several at once, each checked on arrival."""

import hashlib
import os
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import httpx2

from app.errors import Unavailable

AT_ONCE = 8
TEMPORARY = ".part"
_WAITS_SECONDS = (0.5, 1.0)
_CHUNK_BYTES = 1 << 16
_PASSING = frozenset({429, *range(500, 600)})

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Jar:
    """One line of a list; `coordinates` are `group:artifact:version` or `group:artifact:version:classifier`."""

    sha256: str
    size_bytes: int
    coordinates: str

    @property
    def path(self) -> str:
        """Where a Maven repository keeps it; the cache does the same, since file names alone may repeat."""
        group, artifact, version, *classifier = self.coordinates.split(":")
        name = "-".join((artifact, version, *classifier))
        return f"{group.replace('.', '/')}/{artifact}/{version}/{name}.jar"


def matches(jar: Jar, path: Path) -> bool:
    """Whether the file at `path` has the size and sum of the list; raises OSError when it cannot be read."""
    with path.open("rb") as file:
        right_size = os.fstat(file.fileno()).st_size == jar.size_bytes
        return right_size and hashlib.file_digest(file, "sha256").hexdigest() == jar.sha256


class Download:
    """One run that fetches `missing`; the first failure ends all of it."""

    def __init__(
        self,
        client: httpx2.Client,
        bases: Sequence[str],
        cache: Path,
        missing: Sequence[Jar],
        progress: Progress | None,
        ended: threading.Event,
    ) -> None:
        self._client = client
        self._bases = bases
        self._cache = cache
        self._missing = missing
        self._progress = progress
        self._ended = ended
        self._lock = threading.Lock()
        self._done_bytes = 0
        self._total_bytes = sum(jar.size_bytes for jar in missing)

    def run(self) -> None:
        """Fetch all of them, or raise `Unavailable` for the first that failed."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            futures = [pool.submit(self._fetch, jar) for jar in self._missing]
            try:
                for future in as_completed(futures):
                    future.result()
            finally:
                self._ended.set()
                pool.shutdown(cancel_futures=True)

    def _fetch(self, jar: Jar) -> None:
        reason = ""
        for wait_seconds in (*_WAITS_SECONDS, None):
            again = False
            for base in self._bases:
                try:
                    return self._stream(base, jar)
                except httpx2.HTTPStatusError as error:
                    reason = f"{error.request.url.host} answered {error.response.status_code}"
                    again = again or error.response.status_code in _PASSING
                except httpx2.TransportError as error:
                    reason = str(error) or type(error).__name__
                    again = True
            if wait_seconds is None or not again:
                break
            self._ended.wait(wait_seconds)
        raise Unavailable(
            f"could not fetch {jar.coordinates} ({reason}); {self._total_bytes / 1e6:.1f} MB in {len(self._missing)} "
            "jars are needed: go online once, name a mirror with UNDERPIN_MAVEN_URL, or use an existing Neo4j "
            "with NEO4J_URI"
        )

    def _stream(self, base: str, jar: Jar) -> None:
        target = self._cache / jar.path
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(suffix=TEMPORARY, dir=target.parent)
        temporary = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                for chunk in self._chunks(base, jar):
                    file.write(chunk)
            if not matches(jar, temporary):
                raise Unavailable(
                    f"{jar.coordinates} from {httpx2.URL(base).host} is not the file we know (SHA-256 differs), so it "
                    "was thrown away; check the mirror in UNDERPIN_MAVEN_URL, or what a proxy does to downloads"
                )
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)

    def _chunks(self, base: str, jar: Jar) -> Iterator[bytes]:
        """The body, at most one chunk longer than it should be; what a failed try counted is taken back."""
        counted = 0
        try:
            with self._client.stream("GET", f"{base.rstrip('/')}/{jar.path}") as answer:
                answer.raise_for_status()
                for chunk in answer.iter_bytes(_CHUNK_BYTES):
                    if self._ended.is_set():
                        raise Unavailable(
                            "the download was stopped; start again to go on with the jars that are missing"
                        )
                    yield chunk
                    counted += len(chunk)
                    self._count(len(chunk))
                    if counted > jar.size_bytes:
                        return
        except BaseException:
            self._count(-counted)
            raise

    def _count(self, more_bytes: int) -> None:
        with self._lock:
            self._done_bytes += more_bytes
            if self._progress is not None:
                self._progress(self._done_bytes, self._total_bytes)
