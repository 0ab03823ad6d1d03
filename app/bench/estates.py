"""Made-up estates of any size as items.csv, dependencies.csv and members.csv; the same size gives the same files.

Shaped like a large company: few business processes, many hosts, popular providers with thousands of dependents,
redundancy groups, soft dependencies, cycles. About three edges an item; every row is valid, no edge is told twice.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

ITEM_COLUMNS = (
    "key", "type", "kind", "name", "tier", "rto_seconds", "rpo_seconds", "mtpd_seconds",
    "recovery_time_seconds", "min_available", "fqdn", "ip",
)  # fmt: skip
DEPENDENCY_COLUMNS = ("from", "to", "relation", "strength", "tolerance_seconds")
MEMBER_COLUMNS = ("group", "member", "weight")
SHARES = {
    "process": ("BUSINESS_PROCESS", "PROCESS", 0.002),
    "service": ("BUSINESS_SERVICE", "", 0.008),
    "application": ("IT_SERVICE", "APPLICATION", 0.04),
    "platform": ("IT_SERVICE", "TECHNICAL", 0.01),
    "software": ("COMPONENT", "SOFTWARE", 0.30),
    "database": ("COMPONENT", "DATABASE", 0.05),
    "host": ("COMPONENT", "COMPUTE", 0.48),
    "storage": ("COMPONENT", "STORAGE", 0.05),
    "network": ("COMPONENT", "NETWORK", 0.06),
}
RTO_SECONDS = (3_600, 14_400, 28_800, 86_400, 259_200)


@dataclass(slots=True)
class Estate:
    """The rows of the three tables, and the keys of each layer."""

    random: Random
    layers: dict[str, list[str]] = field(default_factory=dict)
    items: list[tuple[object, ...]] = field(default_factory=list)
    members: list[tuple[object, ...]] = field(default_factory=list)
    edges: dict[tuple[str, str], tuple[object, ...]] = field(default_factory=dict)

    def popular(self, layer: str) -> str:
        """A key of the layer, the first ones far more often."""
        keys = self.layers[layer]
        return keys[int(len(keys) * self.random.random() ** 3)]

    def any_of(self, layer: str) -> str:
        """A key of the layer, each as likely as the others."""
        return self.random.choice(self.layers[layer])

    def depend(self, dependent: str, provider: str, strength: str = "HARD", tolerance_seconds: int = 0) -> None:
        """One DEPENDS_ON edge, unless there is one already or the ends are the same."""
        if dependent != provider:
            row = (dependent, provider, "DEPENDS_ON", strength, tolerance_seconds)
            self.edges.setdefault((dependent, provider), row)

    def place(self, item: str, location: str) -> None:
        """One LOCATED_IN edge; its strength cell says HARD, as discovery tools write it."""
        self.edges[item, location] = (item, location, "LOCATED_IN", "HARD", 0)

    def one_of(self, candidates: Iterable[str], need: int) -> str:
        """A group of the candidates, or the candidate itself when there is only one."""
        pool = list(dict.fromkeys(candidates))
        if len(pool) == 1:
            return pool[0]
        key = f"group-{len(self.layers.setdefault('group', []))}"
        self.layers["group"].append(key)
        minimum = min(need, len(pool))
        self.items.append((key, "REDUNDANCY_GROUP", "", key, "", "", "", "", "", minimum, "", ""))
        self.members += [(key, member, 1) for member in pool]
        return key


def make_estate(items: int, seed: int = 7) -> Estate:
    """An estate of about this many items, groups aside; at least three of every layer."""
    estate = Estate(Random(seed))
    for layer, count in (("zone", max(3, items // 20_000)), ("site", max(2, items // 60_000))):
        estate.layers[layer] = [f"{layer}-{number}" for number in range(count)]
        estate.items += [(key, "LOCATION", layer.upper(), key, *[""] * 8) for key in estate.layers[layer]]
    for number, zone in enumerate(estate.layers["zone"]):
        estate.place(zone, estate.layers["site"][number % len(estate.layers["site"])])
    for layer, (kind_of, kind, share) in SHARES.items():
        keys = [f"{layer}-{number}" for number in range(max(3, int(items * share)))]
        estate.layers[layer] = keys
        estate.items += [_item(estate.random, key, number, kind_of, kind) for number, key in enumerate(keys)]
    _join_business(estate)
    _join_software(estate)
    _join_infrastructure(estate)
    return estate


def _item(random: Random, key: str, number: int, kind_of: str, kind: str) -> tuple[object, ...]:
    name = key.replace("-", " ").title()
    if kind_of.startswith("BUSINESS"):
        tier = random.choice((0, 1, 1, 2, 2, 2, 3, 3, 4))
        rto = RTO_SECONDS[tier]
        return (key, kind_of, kind, name, tier, rto, rto // 4, rto * 4, "", "", "", "")
    names = ("", "")
    if kind == "COMPUTE":
        names = (f"{key}.corp.example", f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}")
    return (key, kind_of, kind, name, "", "", "", "", random.choice((60, 300, 900, 3_600)), "", *names)


def _join_business(estate: Estate) -> None:
    random, layers = estate.random, estate.layers
    for process in layers["process"]:
        for _ in range(random.randint(1, 5)):
            estate.depend(process, estate.popular("service"), "HARD", random.choice((0, 0, 1_800)))
    for service in layers["service"]:
        for _ in range(random.randint(1, 4)):
            estate.depend(service, estate.popular("application"), random.choice(("HARD", "HARD", "SOFT")))
    for application in layers["application"]:
        for _ in range(random.randint(1, 3)):
            pool = [estate.any_of("software") for _ in range(random.randint(1, 4))]
            estate.depend(application, estate.one_of(pool, random.randint(1, 2)))
        for _ in range(random.randint(0, 3)):  # other applications, cycles included
            estate.depend(application, estate.popular("application"), random.choice(("HARD", "SOFT")))
        estate.depend(application, estate.popular("platform"))


def _join_software(estate: Estate) -> None:
    random = estate.random
    for software in estate.layers["software"]:
        estate.depend(software, estate.any_of("host"))
        if random.random() < 0.6:
            pair = (estate.popular("database"), estate.any_of("database"))
            estate.depend(software, estate.one_of(pair, 1) if random.random() < 0.3 else pair[0])
        if random.random() < 0.5:
            estate.depend(software, estate.popular("platform"), random.choice(("HARD", "SOFT", "INFO")))
    for database in estate.layers["database"]:
        estate.depend(database, estate.any_of("host"))
        estate.depend(database, estate.popular("storage"))
    for platform in estate.layers["platform"]:
        estate.depend(platform, estate.one_of([estate.any_of("host") for _ in range(3)], 2))


def _join_infrastructure(estate: Estate) -> None:
    for host in estate.layers["host"]:
        estate.depend(host, estate.popular("network"))
        estate.place(host, estate.any_of("zone"))
        if estate.random.random() < 0.3:
            estate.depend(host, estate.popular("storage"))
    for layer in ("storage", "network"):
        for key in estate.layers[layer]:
            estate.place(key, estate.any_of("zone"))


def write_estate(estate: Estate, out: Path) -> None:
    """Write the three files into `out`, which is made if it is not there."""
    out.mkdir(parents=True, exist_ok=True)
    for name, columns, rows in _tables(estate):
        with (out / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows(rows)


def _tables(estate: Estate) -> Iterator[tuple[str, Sequence[str], Iterable[Sequence[object]]]]:
    yield "items.csv", ITEM_COLUMNS, estate.items
    yield "dependencies.csv", DEPENDENCY_COLUMNS, estate.edges.values()
    yield "members.csv", MEMBER_COLUMNS, estate.members
