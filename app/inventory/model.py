"""What an inventory holds: the item types, the relations, and one table of which property belongs to which type."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import TypeAlias

from app.inventory.losses import LossBand, LossCurve

Scalar: TypeAlias = str | int | float | bool
Properties: TypeAlias = Mapping[str, Scalar]


class ItemType(Enum):
    """The types of configuration item; the value is the label in Neo4j and the type in GraphQL."""

    BUSINESS_PROCESS = "BusinessProcess"
    BUSINESS_SERVICE = "BusinessService"
    IT_SERVICE = "ITService"
    COMPONENT = "Component"
    LOCATION = "Location"
    TEAM = "Team"
    THIRD_PARTY = "ThirdParty"
    CONTRACT = "Contract"
    REDUNDANCY_GROUP = "RedundancyGroup"


class Lifecycle(Enum):
    """Where an item is in its life; only a word for people, it never changes an answer."""

    PLANNED = "PLANNED"
    LIVE = "LIVE"
    RETIRING = "RETIRING"
    RETIRED = "RETIRED"


class Relation(Enum):
    """The edge types, each from the dependent to the provider."""

    DEPENDS_ON = "DEPENDS_ON"
    HAS_MEMBER = "HAS_MEMBER"
    LOCATED_IN = "LOCATED_IN"
    OPERATED_BY = "OPERATED_BY"
    PROVIDED_BY = "PROVIDED_BY"
    SUBCONTRACTS_TO = "SUBCONTRACTS_TO"
    CHILD_OF = "CHILD_OF"
    PART_OF = "PART_OF"
    OWNED_BY = "OWNED_BY"


class DependencyStrength(Enum):
    """How much of a provider's failure reaches the dependent: all, at most DEGRADED, nothing."""

    HARD = "HARD"
    SOFT = "SOFT"
    INFO = "INFO"


class Kind(Enum):
    """How a property is checked."""

    TEXT = "text"
    INTEGER = "a whole number of 0 or more"
    SECONDS = "a whole number of seconds of 0 or more"
    POSITIVE = "a number greater than 0"
    FRACTION = "a number from 0 to 1"
    FLAG = "true or false"
    DATE = "a date as 2026-11-30"
    INSTANT = "an instant as 2026-11-30T09:00:00Z"
    TIER = "a whole number from 0 (highest) to 4"
    THRESHOLD = 'a whole number of 1 or more, or a percentage as "60%"'
    CURRENCY = "an ISO 4217 currency code as EUR"
    CHOICE = "one of"


@dataclass(frozen=True, slots=True)
class Property:
    """One property: how it is checked and which types hold it."""

    kind: Kind
    types: frozenset[ItemType]
    choices: tuple[str, ...] = ()

    @property
    def expectation(self) -> str:
        """What a right value looks like, for a sentence."""
        return f"one of {', '.join(self.choices)}" if self.choices else self.kind.value


T = ItemType
_BUSINESS = frozenset({T.BUSINESS_PROCESS, T.BUSINESS_SERVICE})
_TARGETED = _BUSINESS | {T.IT_SERVICE}
_RECOVERABLE = _TARGETED | {T.COMPONENT, T.LOCATION, T.THIRD_PARTY}
_STORE = frozenset({T.COMPONENT})
_SUPPLY = frozenset({T.THIRD_PARTY, T.CONTRACT})
_GROUP = frozenset({T.REDUNDANCY_GROUP})
_TEAM = frozenset({T.TEAM})

PROPERTIES: Mapping[str, Property] = {
    "tier": Property(Kind.TIER, _BUSINESS),
    "mtpdSeconds": Property(Kind.SECONDS, _BUSINESS),
    "rtoSeconds": Property(Kind.SECONDS, _TARGETED),
    "rpoSeconds": Property(Kind.SECONDS, _TARGETED),
    "wrtSeconds": Property(Kind.SECONDS, _BUSINESS),
    "mbco": Property(Kind.TEXT, _BUSINESS),
    "impactToleranceSeconds": Property(Kind.SECONDS, _BUSINESS),
    "criticalityWeight": Property(Kind.POSITIVE, _BUSINESS),
    "criticalOrImportant": Property(Kind.FLAG, _BUSINESS),
    "availabilityObjective": Property(Kind.FRACTION, _TARGETED),
    "lossCurrency": Property(Kind.CURRENCY, _BUSINESS),
    "important": Property(Kind.FLAG, frozenset({T.BUSINESS_SERVICE})),
    "environment": Property(Kind.TEXT, frozenset({T.IT_SERVICE})),
    "recoveryTimeSeconds": Property(Kind.SECONDS, _RECOVERABLE),
    "restartTimeSeconds": Property(Kind.SECONDS, _RECOVERABLE),
    "recoveryEvidence": Property(Kind.CHOICE, _RECOVERABLE, ("TESTED", "CONTRACTUAL", "ESTIMATED", "DEFAULT")),
    "lastTestedOn": Property(Kind.DATE, _RECOVERABLE),
    "availability": Property(Kind.FRACTION, _RECOVERABLE),
    "replicationLagSeconds": Property(Kind.SECONDS, _STORE),
    "backupIntervalSeconds": Property(Kind.SECONDS, _STORE),
    "headcount": Property(Kind.INTEGER, _TEAM),
    "crossTrained": Property(Kind.FLAG, _TEAM),
    "lei": Property(Kind.TEXT, _SUPPLY),
    "parent": Property(Kind.TEXT, _SUPPLY),
    "contractRtoSeconds": Property(Kind.SECONDS, _SUPPLY),
    "substitutability": Property(Kind.CHOICE, _SUPPLY, ("EASY", "MEDIUM", "HARD", "NOT_SUBSTITUTABLE")),
    "exitPlan": Property(Kind.FLAG, _SUPPLY),
    "minAvailable": Property(Kind.THRESHOLD, _GROUP),
    "degradedBelow": Property(Kind.THRESHOLD, _GROUP),
    "failoverTimeSeconds": Property(Kind.SECONDS, _GROUP),
}

LOSS_TYPES = PROPERTIES["lossCurrency"].types
"""The types that hold loss bands, beside the currency of these."""

KINDS: Mapping[ItemType, tuple[str, ...]] = {
    T.BUSINESS_PROCESS: ("PROCESS", "FUNCTION", "CAPABILITY", "ACTIVITY"),
    T.BUSINESS_SERVICE: (),
    T.IT_SERVICE: ("APPLICATION", "TECHNICAL"),
    T.COMPONENT: ("SOFTWARE", "DATABASE", "DATASTORE", "QUEUE", "COMPUTE", "STORAGE", "NETWORK", "SAAS", "OTHER"),
    T.LOCATION: ("REGION", "COUNTRY", "SITE", "ZONE", "RACK", "POWER", "NETWORK_PATH"),
    T.TEAM: ("TEAM", "ROLE", "PERSON"),
    T.THIRD_PARTY: (),
    T.CONTRACT: (),
    T.REDUNDANCY_GROUP: ("ACTIVE_ACTIVE", "ACTIVE_STANDBY"),
}

# What an edge may carry, beside its two ends and its relation.
DEPENDENCY_PROPERTIES: Mapping[str, Property] = {
    "strength": Property(Kind.CHOICE, frozenset(), ("HARD", "SOFT", "INFO")),
    "toleranceSeconds": Property(Kind.SECONDS, frozenset()),
    "neededForRecovery": Property(Kind.FLAG, frozenset()),
    "dataDependency": Property(Kind.FLAG, frozenset()),
    "confidence": Property(Kind.FRACTION, frozenset()),
    "verifiedAt": Property(Kind.INSTANT, frozenset()),
    "validFrom": Property(Kind.INSTANT, frozenset()),
    "validTo": Property(Kind.INSTANT, frozenset()),
    "weight": Property(Kind.INTEGER, frozenset()),
}


@dataclass(frozen=True, slots=True, order=True)
class Identifier:
    """A name under which monitoring tools know an item; `value` is normalised (`rules.normalised_identifier`)."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True, order=True)
class Member:
    """A member of a redundancy group and what it weighs."""

    key: str
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Item:
    """A stored configuration item. `revision` counts its changes from 1; `members` is empty but for groups."""

    key: str
    type: ItemType
    name: str
    kind: str | None
    lifecycle: Lifecycle
    owner: str | None
    source: str | None
    revision: int
    created_at: datetime
    updated_at: datetime
    identifiers: tuple[Identifier, ...] = ()
    attributes: Mapping[str, object] = field(default_factory=dict)
    properties: Properties = field(default_factory=dict)
    members: tuple[Member, ...] = ()
    loss_bands: tuple[LossBand, ...] = ()

    @property
    def loss_curve(self) -> LossCurve | None:
        """What its outage costs, if anybody said."""
        currency = self.properties.get("lossCurrency")
        return LossCurve(self.loss_bands, str(currency)) if self.loss_bands and currency else None


@dataclass(frozen=True, slots=True)
class Dependency:
    """A stored edge from the dependent to the provider."""

    dependent: str
    provider: str
    relation: Relation
    source: str | None = None
    properties: Properties = field(default_factory=dict)

    @property
    def strength(self) -> DependencyStrength | None:
        """Of a DEPENDS_ON edge its own; LOCATED_IN counts as HARD; others have none."""
        if self.relation is Relation.DEPENDS_ON:
            return DependencyStrength(self.properties.get("strength", "HARD"))
        return DependencyStrength.HARD if self.relation is Relation.LOCATED_IN else None


@dataclass(frozen=True, slots=True)
class ItemDraft:
    """An item as a caller gives it: a field that is absent stays as it is, one given as `None` is cleared.

    `where` names its row in the caller's terms. `fields` holds name, kind, lifecycle, owner and the properties;
    `identifiers`, `members` and `loss_bands` replace them all when they are not `None`, and `attributes` likewise.
    `revision`, when given, must be the stored one (0: the item must be new).
    """

    where: str
    key: str
    type: ItemType
    fields: Mapping[str, Scalar | None] = field(default_factory=dict)
    identifiers: tuple[Identifier, ...] | None = None
    attributes: Mapping[str, object] | None = None
    members: tuple[Member, ...] | None = None
    revision: int | None = None
    loss_bands: tuple[LossBand, ...] | None = None


@dataclass(frozen=True, slots=True)
class DependencyDraft:
    """An edge as a caller gives it; absent properties stay, `None` clears."""

    where: str
    dependent: str
    provider: str
    relation: Relation = Relation.DEPENDS_ON
    properties: Mapping[str, Scalar | None] = field(default_factory=dict)
