"""What the types of an impact answer share: the report, and the items of its estate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.api.item_types import ConfigurationItem, items_of
from app.api.relay import RequestInfo
from app.impact.report import ImpactReport as Report
from app.inventory import model as inventory


@dataclass(frozen=True, slots=True)
class Answer:
    """A report, and the items that are otherwise in its estate than they are stored."""

    report: Report
    instead: Mapping[str, inventory.Item]

    async def items(self, info: RequestInfo, keys: Sequence[str]) -> list[ConfigurationItem]:
        """The items with these keys as they are in its estate."""
        return await items_of(info.context, keys, self.instead)

    async def item(self, info: RequestInfo, key: str) -> ConfigurationItem:
        """One item as it is in its estate."""
        return (await self.items(info, (key,)))[0]
