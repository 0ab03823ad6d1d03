"""What a notification says: the document that webhooks carry, kept under the size that receivers take."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import orjson

from app.notify.model import Notification, Subscription

MAX_DATA_BYTES = 18 * 1024
"""Standard Webhooks asks for less than 20 KB; the envelope takes the rest."""
MOST_KEYS = 100
"""Most services, processes or teams that are named."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A notification, whom it goes to, and when the attempt is made."""

    notification: Notification
    subscription: Subscription
    at: datetime

    @property
    def sentence(self) -> str:
        """The title and what it means, in a line each."""
        notice = self.notification.notice
        return f"{notice.title}\n{notice.sentence}" if notice.sentence else notice.title

    @property
    def login(self) -> tuple[str, str] | None:
        """User and password, where the subscription's secret is written as `user:password`."""
        if not self.subscription.secrets:
            return None
        user, _, password = self.subscription.secrets[0].partition(":")
        return user, password


def content(notification: Notification) -> Mapping[str, object]:
    """The notice as receivers read it. `truncated` says that `details` were too large and are left out, or that there
    are more keys than are named."""
    notice = notification.notice
    keys = (notice.services, notice.processes, notice.teams)
    said: dict[str, object] = {
        "subject": notice.subject,
        "sequence": notification.sequence,
        "title": notice.title,
        "sentence": notice.sentence,
        "priority": notice.priority,
        "services": notice.services[:MOST_KEYS],
        "processes": notice.processes[:MOST_KEYS],
        "teams": notice.teams[:MOST_KEYS],
        "truncated": any(len(each) > MOST_KEYS for each in keys),
    }
    full = {**said, "details": dict(notice.data)}
    if len(orjson.dumps(full)) < MAX_DATA_BYTES:
        return full
    return {**said, "truncated": True}
