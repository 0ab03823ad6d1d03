"""Use cases of business impact analysis: draft a version, approve it, confirm it, retire it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from app.account import SHOWN, Told
from app.continuity import assessment_store as store
from app.continuity.assessment import Assessment, AssessmentStatus, Contents, Proposal, summed_losses
from app.continuity.assessment_merging import Merged, merged
from app.continuity.assessment_rows import AssessmentRow
from app.continuity.assessment_rules import ASSESSED, AssessmentLimits, checked_contents
from app.database.batches import batches
from app.database.client import Database, Transaction
from app.errors import Conflict, InvalidInput, NotFound, one_message
from app.inventory.actions import Besides, upsert
from app.inventory.model import Item, ItemDraft, ItemType, Scalar
from app.inventory.store import existing_keys, items_by_key

# Writers of assessments wait for each other, not for an import.
_COUNTER = "assessments"
_UNKNOWN_ID = "no assessment has the id {id!r}; list them with assessments(key:)"
_UNKNOWN_ITEM = "no configuration item has the key {key!r}; look it up with search(text:)"


async def draft_assessment(
    database: Database,
    key: str,
    raw: Mapping[str, object],
    *,
    limits: AssessmentLimits,
    caller: str,
    now: datetime,
) -> Assessment:
    """Keep a new version; what is approved goes on to count.

    Raises:
        InvalidInput: the contents are wrong, or the item is neither a business process nor a business service.
        NotFound: the key names nothing.
    """
    contents, problems = checked_contents(raw, limits)
    if contents is None:
        raise InvalidInput(one_message(problems, "nothing was drafted"), problems)
    kind = (await existing_keys(database, [key])).get(key)
    if kind is not None and kind not in ASSESSED:
        raise InvalidInput(f"{key!r} is a {kind.name}; assess the BUSINESS_PROCESS or BUSINESS_SERVICE that needs it")
    draft = Assessment(str(uuid4()), key, 0, AssessmentStatus.DRAFT, contents, now, caller)

    async def work(transaction: Transaction) -> Assessment | None:
        drafted = await store.draft_version(transaction, draft)
        if drafted:
            transaction.account.tell(drafted.id, after=drafted)
        return drafted

    kept = await database.write(work, counter=_COUNTER) if kind else None
    if kept is None:
        raise NotFound(_UNKNOWN_ITEM.format(key=key))
    return kept


async def approve_assessment(
    database: Database,
    id: str,
    accepted: Collection[Proposal] | None,
    *,
    caller: str,
    now: datetime,
    keep_changes: int,
) -> Assessment:
    """Approve a draft, and in the same transaction give its item what follows: the MTPD, the losses, and of what it
    proposes the `accepted`, or all of it. An item that has no losses in the draft keeps those it has.

    Raises:
        Conflict: it is no draft, or the item was changed meanwhile; nothing was written.
        NotFound: the id names nothing, or the item is gone.
    """
    draft = await _found(database, id)
    item = (await items_by_key(database, [draft.item_key])).get(draft.item_key)
    if item is None:
        raise NotFound(_UNKNOWN_ITEM.format(key=draft.item_key))
    approved: list[Assessment | None] = []

    async def approve(transaction: Transaction) -> None:
        # The transaction may run again.
        approved[:] = [await store.approve_version(transaction, id, by=caller, at=now)]
        if approved == [None]:
            raise _not_possible(draft, "be approved; only a DRAFT can")
        transaction.account.tell(id, before=draft, after=approved[0])

    async def also(_: Transaction, __: Mapping[str, ItemType]) -> Besides:
        return Besides(write=approve)

    row = assessed_item(item, draft.contents, accepted)
    await upsert(database, [row], (), caller=caller, source=None, now=now, keep_changes=keep_changes, also=also)
    return approved[0] or draft


def assessed_item(item: Item, contents: Contents, accepted: Collection[Proposal] | None) -> ItemDraft:
    """What an approved assessment makes of its item. No MTPD is said as well: no outage is intolerable."""
    fields: dict[str, Scalar | None] = {"mtpdSeconds": contents.mtpd_seconds}
    proposals = contents.proposals().items()
    fields |= {one.value: value for one, value in proposals if accepted is None or one in accepted}
    losses = summed_losses(contents.bands) or None
    if losses:
        fields["lossCurrency"] = contents.currency
    return ItemDraft("assessment", item.key, item.type, fields, revision=item.revision, loss_bands=losses)


async def merge_assessments(
    transaction: Transaction,
    rows: Sequence[AssessmentRow],
    types: Mapping[str, ItemType],
    *,
    caller: str,
    now: datetime,
) -> Merged:
    """What rows of a file make of the versions that are there, which nobody else changes until the transaction ends.

    `types` are those of items that the same transaction writes. No item is given what follows from its assessment:
    what it is to have, the rows of items say.
    """
    stored, there = list[Assessment](), dict[str, ItemType]()
    for keys in batches(sorted({row.key for row in rows})):
        stored += await store.versions_to_merge(transaction, keys)
        there |= await existing_keys(transaction, keys)
    found = merged(rows, stored, {**there, **types}, caller=caller, now=now)
    # An item that was removed and is added again gets back what is known of it.
    back = tuple(one for one in stored if one.item_key in types.keys() - there.keys())
    return replace(found, written=(*back, *found.written))


async def write_assessments(transaction: Transaction, assessments: Sequence[Assessment]) -> None:
    """Write versions; a new one gets an id."""
    named = [replace(one, id=one.id or str(uuid4())) for one in assessments]
    transaction.account.tell_many([one.id for one in named], [Told(one.id, None, one) for one in named[:SHOWN]])
    for batch in batches(named):
        await store.write_versions(transaction, batch)


async def review_assessment(database: Database, id: str, *, caller: str, now: datetime) -> Assessment:
    """Confirm that the approved version still holds.

    Raises:
        Conflict: it is not the approved one.
        NotFound: the id names nothing.
    """
    found = await _found(database, id)

    async def work(transaction: Transaction) -> Assessment | None:
        reviewed = await store.review_version(transaction, id, by=caller, at=now)
        if reviewed:
            transaction.account.tell(id, before=found, after=reviewed)
        return reviewed

    reviewed = await database.write(work, counter=_COUNTER)
    if reviewed is None:
        raise _not_possible(found, "be confirmed; only the APPROVED one can")
    return reviewed


async def retire_assessment(database: Database, id: str, *, now: datetime) -> Assessment:
    """Retire a draft, or the approved version; the item keeps what it was given. What is over stays as it was.

    Raises:
        NotFound: the id names nothing.
    """
    found = await _found(database, id)

    async def work(transaction: Transaction) -> Assessment | None:
        retired = await store.retire_version(transaction, id, at=now)
        if retired:
            transaction.account.tell(id, before=found, after=retired)
        return retired

    return await database.write(work, counter=_COUNTER) or found


async def _found(database: Database, id: str) -> Assessment:
    found = await store.assessment_by_id(database, id)
    if found is None:
        raise NotFound(_UNKNOWN_ID.format(id=id))
    return found


def _not_possible(found: Assessment, what: str) -> Conflict:
    return Conflict(f"version {found.version} of {found.item_key!r} is {found.status.value} and cannot {what}")
