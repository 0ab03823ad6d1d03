"""The service and Neo4j are killed while events arrive: what was acknowledged is there in the end, and nothing twice.

`KILLS` sets how often, for a longer run by hand.
"""

import os
import random
import signal
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from tests.events.deliveries import alert, delivery
from tests.journeys.up import Running, ready, up, wait_for

KILLS = int(os.environ.get("KILLS", "2"))
IN_A_BODY = 10
COUNT = 'query { events(filter: {source: "alertmanager"}, first: 1) { totalCount } }'


@dataclass(slots=True)
class Sender:
    """Sends bodies of new alerts, one after another, and each until it is acknowledged, as Alertmanager does."""

    url: str = ""
    acknowledged: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        number = 0
        while not self.stopping.is_set():
            names = [f"{number}-{one}" for one in range(IN_A_BODY)]
            body = delivery(*(alert(f"host-{name}.example", fingerprint=name) for name in names))
            while not self._is_taken(body):
                if self.stopping.wait(0.05):
                    return
            self.acknowledged += IN_A_BODY
            number += 1

    def _is_taken(self, body: object) -> bool:
        try:
            return httpx2.post(f"{self.url}/webhooks/alertmanager", json=body, timeout=5).is_success
        except httpx2.TransportError:
            return False


def stored(url: str) -> int:
    answer = httpx2.post(f"{url}/graphql", json={"query": COUNT}, timeout=60).json()
    return int(answer["data"]["events"]["totalCount"])


def killed_once(running: Running, chance: random.Random, sender: Sender) -> None:
    """Kill one of the two at a time nobody chose, and wait until the service is ready again."""
    wanted = sender.acknowledged + IN_A_BODY * chance.randint(1, 10)
    wait_for(lambda: sender.acknowledged >= wanted, "events on their way")
    time.sleep(chance.random() / 5)
    running.neo4j().send_signal(signal.SIGKILL)
    during = sender.acknowledged
    wait_for(lambda: sender.acknowledged > during, "events that are taken while Neo4j is away")
    wait_for(lambda: ready(running.url), "recovery")


def test_no_event_is_lost_and_none_is_doubled_by_kills_of_the_service_and_of_neo4j(tmp_path: Path) -> None:
    chance, sender = random.Random(7), Sender()
    sending = threading.Thread(target=sender.run)
    folder = tmp_path / "data"
    for number in range(KILLS):
        with up(folder) as running:
            sender.url = running.url
            if number == 0:
                sending.start()
            killed_once(running, chance, sender)
            orphan = running.neo4j()
            running.process.send_signal(signal.SIGKILL)
            running.process.wait()
            orphan.send_signal(signal.SIGKILL)
            orphan.wait()
    with up(folder) as running:
        sender.url = running.url
        before = sender.acknowledged
        wait_for(lambda: sender.acknowledged > before, "events after the last start")
        sender.stopping.set()
        sending.join()
        wait_for(lambda: stored(running.url) >= sender.acknowledged, "every acknowledged event")
        found = stored(running.url)

    # The last body may have been stored without an answer that reached its sender.
    assert sender.acknowledged <= found <= sender.acknowledged + IN_A_BODY
