"""The recovery chain W2 of the specification, as callers write it."""

from tests.service import Client, Json

HOUR = 3600


def technical(key: str, hours: float, rto: float) -> Json:
    """An IT service with its own recovery time and a declared RTO, in hours."""
    times = {"recoveryTimeSeconds": int(hours * HOUR), "rtoSeconds": int(rto * HOUR)}
    return {"key": key, "type": "IT_SERVICE", "recoveryEvidence": "TESTED", **times}


def add_w2(client: Client) -> None:
    """Two services on shared infrastructure."""
    business = {"type": "BUSINESS_SERVICE", "recoveryEvidence": "ESTIMATED"}
    client.add(
        [
            {**business, "key": "s1", "rtoSeconds": 4 * HOUR, "rpoSeconds": HOUR, "recoveryTimeSeconds": HOUR // 2},
            {**business, "key": "s2", "rtoSeconds": 24 * HOUR, "recoveryTimeSeconds": HOUR},
            *(technical("a", 1, 3), technical("b", 2, 12), technical("db", 1.5, 3)),
            *(technical("san", 2, 2), technical("net", 0.5, 2)),
        ],
        *("s1 -> a", "a -> db", "a -> net", "db -> san", "s2 -> b", "b -> db"),
    )
