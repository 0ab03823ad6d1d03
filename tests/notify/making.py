"""Notices and subscriptions as tests need them."""

from datetime import UTC, datetime

from app.notify.model import EVERYTHING, Channel, Notice, NoticeType, QuietHours, Subscription, Wanted

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def notice(
    id: str = "n1",
    type: NoticeType = NoticeType.IMPACT_OPENED,
    *,
    subject: str = "checkout",
    priority: int | None = 1,
    services: tuple[str, ...] = ("shop",),
    processes: tuple[str, ...] = ("checkout",),
    teams: tuple[str, ...] = ("payments",),
    **data: object,
) -> Notice:
    """Checkout is in danger."""
    title, sentence = "Checkout is DOWN", "Checkout needs db, which is DOWN"
    return Notice(id, type, subject, title, sentence, NOW, priority, services, processes, teams, data)


def subscription(
    target: str = "https://hooks.example/x",
    channel: Channel = Channel.WEBHOOK,
    *,
    id: str = "s1",
    secrets: tuple[str, ...] = (SECRET,),
    wanted: Wanted = EVERYTHING,
    quiet: QuietHours | None = None,
    enabled: bool = True,
) -> Subscription:
    """Somebody who wants to be told."""
    return Subscription(
        id, "on call", channel, target, NOW, "tester", secrets=secrets, wanted=wanted, quiet=quiet, enabled=enabled
    )
