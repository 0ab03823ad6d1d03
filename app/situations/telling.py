"""Telling: what is announced of a situation, in the words of a notice. Pure."""

from app.notify.model import Notice, NoticeType
from app.situations.model import News, Situation, SituationChange

MOST_LISTED = 20
_TYPES = {
    News.OPENED: NoticeType.SITUATION_OPENED,
    News.CHANGED: NoticeType.SITUATION_CHANGED,
    News.RESOLVED: NoticeType.SITUATION_RESOLVED,
}


def notice_of(change: SituationChange) -> Notice:
    """The notice of a change; told again of the same change it has the same id."""
    situation, account = change.situation, change.situation.account
    cause = account.causes[0] if account.causes else None
    return Notice(
        id=f"{situation.id} {change.news.value} {situation.changed_at.isoformat()} {account.priority}",
        type=_TYPES[change.news],
        subject=situation.id,
        title=account.title,
        sentence=cause.sentence if cause else "",
        at=situation.changed_at,
        priority=account.priority,
        services=account.services,
        processes=account.processes,
        teams=account.teams,
        data=_data(situation),
    )


def _data(situation: Situation) -> dict[str, object]:
    """The likeliest causes and the business items hit, the first twenty of each."""
    account = situation.account
    causes = [
        {"key": one.cause.key, "name": one.name, "observed": one.cause.observed, "sentence": one.sentence}
        for one in account.causes[:MOST_LISTED]
    ]
    business = [
        {
            "key": one.key,
            "name": one.name,
            "state": one.state.name,
            "priority": one.priority,
            "breachAt": one.breach_at.isoformat() if one.breach_at else None,
        }
        for one in account.business[:MOST_LISTED]
    ]
    return {
        "startedAt": situation.started_at.isoformat(),
        "events": situation.event_count,
        "items": situation.item_count,
        "causes": causes,
        "business": business,
        "businessCount": account.business_count,
        "mergedInto": situation.merged_into,
    }
