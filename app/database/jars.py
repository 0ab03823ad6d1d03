"""The jars of the managed Neo4j: a committed list with sums, a shared cache, and a fetch that trusts only the sums.

We execute these files, so every start checks all of them. Nothing is resolved at run time: the list is the answer,
and `python -m app.database.jars 2026.08.1` prints it anew for a developer to review and commit.
"""

import hashlib
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import platformdirs

from app.database.jar_download import AT_ONCE, TEMPORARY, Download, Jar, Progress, matches
from app.errors import InvalidInput, Unavailable

_LISTS = Path(__file__).with_name("jars")
_PREFIX = "neo4j-"
_ROOTS = ("org.neo4j:neo4j", "org.neo4j.app:neo4j-server")
_STALE_SECONDS = 86_400
# Scope mistakes in Neo4j's published POMs: test libraries that no class outside themselves names (all jars scanned).
_TEST_ONLY = frozenset({"junit", "org.hamcrest", "org.mockito", "org.objenesis", "net.bytebuddy"})


def known_versions() -> tuple[str, ...]:
    """The Neo4j versions that have a committed list, in the order of their names."""
    return tuple(sorted(path.stem.removeprefix(_PREFIX) for path in _LISTS.glob(f"{_PREFIX}*.txt")))


def jars_of(version: str) -> tuple[Jar, ...]:
    """Every jar on the class path of one Neo4j version.

    Raises:
        InvalidInput: there is no list for it.
    """
    if version not in known_versions():
        choice = " or ".join(known_versions())
        raise InvalidInput(f"we cannot manage Neo4j {version!r}; set UNDERPIN_NEO4J_VERSION to {choice}")
    return read_list((_LISTS / f"{_PREFIX}{version}.txt").read_text(encoding="utf-8"))


def read_list(text: str) -> tuple[Jar, ...]:
    """The jars of a list: `sha256 size coordinates` a line; `#` starts a comment line."""
    rows = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return tuple(Jar(sha256, int(size), coordinates) for sha256, size, coordinates in rows)


def default_cache() -> Path:
    """The folder that all our processes of this user share."""
    return platformdirs.user_cache_path("underpin") / "jars"


def fetch_jars(
    jars: Sequence[Jar],
    cache: Path,
    *,
    maven_url: str | None = None,
    progress: Progress | None = None,
    cancelled: threading.Event | None = None,
) -> tuple[Path, ...]:
    """The files of `jars`, in order, each checked against its sum; missing and damaged ones are fetched.

    Blocks; call it from a thread. Safe beside other processes on the same cache: a file appears whole or not at all.

    Args:
        maven_url: a mirror; without it, the repositories that jgo is configured with.
        progress: told bytes done and bytes to fetch; called from worker threads, one at a time.
        cancelled: set it from outside to give up early.

    Raises:
        Unavailable: a jar could not be fetched, or what came is not what the list says.
    """
    with ThreadPoolExecutor(AT_ONCE) as pool:
        sound = list(pool.map(lambda jar: _is_sound(jar, cache), jars))
    missing = [jar for jar, good in zip(jars, sound, strict=True) if not good]
    if missing:
        try:
            _fetch_missing(missing, cache, maven_url, progress, cancelled or threading.Event())
        except OSError as error:
            raise Unavailable(f"cannot keep Neo4j's jars in {cache} ({error}); make room there") from error
    return tuple(cache / jar.path for jar in jars)


def _fetch_missing(
    missing: Sequence[Jar], cache: Path, maven_url: str | None, progress: Progress | None, cancelled: threading.Event
) -> None:
    _remove_stale(cache)
    bases = (maven_url,) if maven_url else _configured_repositories()
    with httpx2.Client(timeout=30, follow_redirects=True, headers={"Accept-Encoding": "identity"}) as client:
        Download(client, bases, cache, missing, progress, cancelled).run()


def _is_sound(jar: Jar, cache: Path) -> bool:
    try:
        return matches(jar, cache / jar.path)
    except OSError:
        return False


def _remove_stale(cache: Path) -> None:
    """Drop what a killed process left; only when a day old, so that it is nobody's download in progress."""
    for path in cache.glob(f"**/*{TEMPORARY}"):
        try:
            if time.time() - path.stat().st_mtime > _STALE_SECONDS:
                path.unlink()
        except FileNotFoundError:
            continue


def _configured_repositories() -> tuple[str, ...]:
    # Imported here: it takes 0.7 s, and a start with a warm cache does not need it.
    from jgo.config import GlobalSettings
    from jgo.maven import MavenContext

    return tuple({**GlobalSettings.load().repositories, **MavenContext().remote_repos}.values())


def _resolved(version: str) -> list[Jar]:
    """What jgo's resolver finds for Neo4j's server, fetched and summed; takes half a minute."""
    from jgo.maven import MavenContext

    context = MavenContext()
    roots = [context.create_dependency(f"{project}:{version}") for project in _ROOTS]
    _, found = context.resolver.resolve(roots)
    wanted = {
        ":".join(filter(None, (each.groupId, each.artifactId, each.version, each.classifier))): each
        for each in (*roots, *found)
        if each.type == "jar" and each.groupId not in _TEST_ONLY
    }
    with ThreadPoolExecutor(AT_ONCE) as pool:
        paths = pool.map(lambda each: Path(each.artifact.resolve()), wanted.values())
        return [
            Jar(hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_size, coordinates)
            for coordinates, path in sorted(zip(wanted, paths, strict=True))
        ]


def _print_list(version: str) -> None:
    print(f"# Neo4j {version}, Community: every jar of {' and '.join(_ROOTS)}, without test libraries.")
    print(f"# Made by: python -m app.database.jars {version}")
    print("# sha256 size group:artifact:version[:classifier]")
    for jar in _resolved(version):
        print(jar.sha256, jar.size_bytes, jar.coordinates)


if __name__ == "__main__":
    _print_list(sys.argv[1])
