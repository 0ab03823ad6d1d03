"""Settings: `UNDERPIN_*` and `NEO4J_*` environment variables, each with a default and a unit in its name."""

from pathlib import Path
from socket import gethostname
from typing import Annotated, Any, Literal

import platformdirs
from pydantic import AliasChoices, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

Positive = Annotated[int, Field(gt=0)]


def _neo4j(name: str) -> AliasChoices:
    return AliasChoices(f"NEO4J_{name}", f"neo4j_{name.lower()}")


class Settings(BaseSettings):
    """Every setting of the service; the README lists them, and a test holds the list to this class."""

    model_config = SettingsConfigDict(env_prefix="UNDERPIN_", extra="ignore", validate_default=True)

    host: str = Field("127.0.0.1", description="Address to listen on; anything but loopback needs a token.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 picks a free one.")
    data_dir: Path = Field(
        default_factory=lambda: platformdirs.user_data_path("underpin"),
        description="Where the managed Neo4j keeps its store, password and lock.",
    )

    neo4j_uri: str | None = Field(
        None, validation_alias=_neo4j("URI"), description="An existing Neo4j; without it a local one is managed."
    )
    neo4j_username: str = Field("neo4j", validation_alias=_neo4j("USERNAME"), description="User of that Neo4j.")
    neo4j_password: SecretStr = Field(
        SecretStr(""), validation_alias=_neo4j("PASSWORD"), description="Password of that user."
    )
    neo4j_database: str = Field("neo4j", validation_alias=_neo4j("DATABASE"), description="Database to use there.")
    neo4j_version: str = Field("2026.08.1", description="Version of the managed Neo4j: 2026.08.1 or 5.26.30.")
    maven_url: str | None = Field(None, description="A mirror to fetch the managed Neo4j's jars from.")

    admin_token: SecretStr | None = Field(None, description="A bearer token with the role admin, for first contact.")
    webhook_secrets: dict[str, list[SecretStr]] = Field(
        default_factory=dict,
        description='Secrets of each event source, several while they rotate: {"alertmanager": ["…"]}.',
    )
    oidc_issuer: str | None = Field(
        None,
        description="An OpenID provider whose tokens (JWT) are taken, by its issuer: https://login.example/realms/it.",
    )
    oidc_audience: str | None = Field(None, description="For whom such a token must be meant: its `aud`.")
    oidc_roles_claim: str = Field(
        "roles", description="The claim that lists what a caller is; a dot leads into an object: realm_access.roles."
    )
    oidc_roles: dict[str, str] = Field(
        default_factory=dict,
        description='The roles of the values of that claim: {"it-operations": "operator"}; else they are the roles.',
    )
    oidc_name_claim: str = Field("preferred_username", description="The claim with a caller's name, else `sub` is it.")
    oidc_teams_claim: str | None = Field(
        None, description="The claim that lists whose items a caller sees, by the keys of teams; `*` is everything."
    )
    oidc_labels_claim: str | None = Field(
        None,
        description="The claim that lists what a caller sees, by attributes: `env=prod`; `*` is everything.",
    )
    oidc_organisations_claim: str | None = Field(
        None, description="The claim that lists whose items a caller sees, by `organisation`; `*` is everything."
    )
    oidc_skew_seconds: int = Field(60, ge=0, description="By how much the clocks of the provider and ours may differ.")
    session_idle_seconds: Positive = Field(3_600, description="After how long without a request a session ends.")
    session_max_seconds: Positive = Field(43_200, description="How long a session lasts at most.")
    session_max_open: Positive = Field(
        20, description="Most sessions of one caller at once; the one that was not used for longest gives way."
    )
    sources: list[dict[str, Any]] = Field(
        default_factory=list,
        description='Event sources of your own, as JMESPath mappings: [{"name": "smoke", "fingerprint": "id", …}].',
    )
    sns_topics: list[str] = Field(
        default_factory=list,
        description="ARNs of the SNS topics whose signed messages are taken, and whose subscription is confirmed.",
    )
    sns_hosts: list[str] = Field(
        default_factory=list, description="Hosts with ports of an emulator of SNS, trusted as Amazon's own are."
    )
    allowed_hosts: list[str] = Field(
        default_factory=list, description="Further Host names the service answers to, when it is not in local mode."
    )
    public_url: str | None = Field(None, description="How callers reach us, for links in answers.")

    query_timeout_seconds: Positive = Field(30, description="Longest a read may take in Neo4j.")
    write_timeout_seconds: Positive = Field(600, description="Longest a write, an import included, may take in Neo4j.")
    request_timeout_seconds: Positive = Field(60, description="Longest a request may take, imports and exports aside.")
    webhook_answer_seconds: float = Field(
        0.9, gt=0, description="How long a webhook waits for the impact before it answers 202."
    )
    max_connections: Positive = Field(
        500, description="Most open connections; the one that waits longest without a request makes room for another."
    )
    header_timeout_seconds: float = Field(10, gt=0, description="How long the headers of a request may take to arrive.")
    keep_alive_seconds: Positive = Field(5, description="How long a connection waits for another request.")
    slow_client_seconds: float = Field(
        30, gt=0, description="The time in which a client must send or take UNDERPIN_SLOW_CLIENT_BYTES."
    )
    slow_client_bytes: Positive = Field(
        10_000, description="Fewest bytes of a body or an answer in that time, unless it is done with it."
    )
    max_header_bytes: Positive = Field(65_536, description="Most bytes of the headers of a request.")
    max_body_bytes: Positive = Field(
        2_000_000, description="Largest request body, imports aside, and largest message on a websocket."
    )
    max_import_bytes: Positive = Field(1_000_000_000, description="Largest import body.")
    max_import_rows: Positive = Field(5_000_000, description="Most rows in one import.")
    batch_rows: Positive = Field(10_000, description="Rows a statement writes at once.")
    max_upsert_rows: Positive = Field(10_000, description="Most rows in one GraphQL mutation.")
    max_page_size: Positive = Field(500, description="Largest `first` or `last` of a connection.")
    max_depth_hops: Positive = Field(100, description="Deepest reach, in hops.")
    max_paths: Positive = Field(100, description="Most paths one query returns.")
    max_common_items: Positive = Field(100, description="Most items whose common causes are asked for at once.")
    max_failures: Positive = Field(10_000, description="Most failures in one impact question.")
    cypher_roles: list[Literal["reader", "operator", "editor", "admin"]] = Field(
        ["reader", "operator", "editor", "admin"], description="Which roles may ask in Cypher of their own."
    )
    cypher_username: str | None = Field(
        None, description="A user of that Neo4j who may only read: as them such queries are asked, else as ours."
    )
    cypher_password: SecretStr = Field(SecretStr(""), description="Password of that user.")
    cypher_timeout_seconds: Positive = Field(30, description="Longest a query of a caller may take in Neo4j.")
    cypher_max_rows: Positive = Field(10_000, description="Most rows in the answer to a query of a caller.")
    cypher_max_bytes: Positive = Field(20_000_000, description="Most bytes of rows in such an answer, as JSON.")
    cypher_max_characters: Positive = Field(20_000, description="Longest query of a caller.")
    cypher_max_running: Positive = Field(3, description="Most queries of one caller at once.")
    max_overlay_rows: Positive = Field(10_000, description="Most rows in the overlay of one impact question.")
    max_history_items: Positive = Field(200_000, description="Most items changed since an `asOf`.")
    max_at_risk_edges: Positive = Field(100_000_000, description="Most edges walked to find what is at risk.")
    high_urgency_slack: float = Field(
        0.25, ge=0, le=1, description="Up to which share of its tolerance an item's slack is of high urgency."
    )
    middle_urgency_slack: float = Field(
        0.75, ge=0, le=1, description="Up to which share of its tolerance an item's slack is of middle urgency."
    )
    max_plan_targets: Positive = Field(100, description="Most items one recovery plan is asked for.")
    max_plan_items: Positive = Field(10_000, description="Most items one recovery plan covers.")
    max_single_points: Positive = Field(1_000, description="Most single points of one item that are ranked.")
    max_cut_set_order: int = Field(4, ge=1, le=6, description="Most losses in a minimal cut set that is asked for.")
    max_cut_set_steps: Positive = Field(200_000, description="Most comparisons made to find minimal cut sets.")
    max_concentration_values: Positive = Field(
        1_000, description="Most values of an attribute by which concentration is asked for."
    )
    cycle_recovery: str = Field(
        "sum",
        pattern="^(sum|max)$",
        description="What items take to recover that wait for each other: the `sum` of their times, or the `max`.",
    )
    intolerable_level: int = Field(
        4,
        ge=1,
        le=5,
        description="Impact level, 1 to 5, that the business cannot bear: when it is reached is the MTPD.",
    )
    max_impact_bands: Positive = Field(200, description="Most bands in one business impact analysis.")
    assessment_valid_days: Positive = Field(365, description="How long a review of a business impact analysis holds.")
    finding_check_seconds: Positive = Field(900, description="How often the whole estate is checked for findings.")
    finding_acceptance_days: Positive = Field(365, description="How long a finding may be accepted at most.")
    finding_retention_days: Positive = Field(400, description="How long resolved findings are kept.")
    dependency_valid_days: Positive = Field(365, description="After how long a verified dependency is stale.")
    mapped_percent: int = Field(
        80, ge=0, le=100, description="Least share of what an important service stands on to be mapped, per cent."
    )
    max_mapping_items: Positive = Field(50_000, description="Most items whose mapping is looked at for one answer.")
    entity_lei: str | None = Field(
        None, description="LEI of the financial entity whose register of information (DORA) is exported."
    )
    max_maintenance_items: Positive = Field(1_000, description="Most items in one maintenance window.")
    max_maintenance_seconds: Positive = Field(7_776_000, description="Longest maintenance window.")
    alertmanager_urls: list[str] = Field(
        default_factory=list, description="Alertmanagers whose silences are followed as maintenance windows."
    )
    alertmanager_forward_urls: list[str] = Field(
        default_factory=list,
        description="Alertmanagers to which what arrives at /api/v2/alerts goes on, annotated with what it hurts.",
    )
    max_alerts: Positive = Field(5_000, description="Most alerts in one webhook body.")
    journal_max_bytes: Positive = Field(
        500_000_000, description="Most bytes of event deliveries held back on disk while Neo4j is away."
    )
    intake_batch_bytes: Positive = Field(1_000_000, description="Bytes of event deliveries processed at once.")
    event_reopen_seconds: Positive = Field(
        3_600, description="What comes back so soon after it was over is the same event, reopened."
    )
    event_flap_count: int = Field(
        5, ge=2, description="How often an event begins within event_flap_seconds when it flaps."
    )
    event_flap_seconds: Positive = Field(600, description="The time in which that is counted.")
    event_flap_quiet_seconds: Positive = Field(600, description="How long a flapping event must be steady.")
    event_expiry_seconds: Positive = Field(
        604_800, description="After how long without a word from its sender an event is over."
    )
    identifier_history_days: Positive = Field(
        90, description="How long it is known which item an identifier was taken from, for alerts that began before."
    )
    event_retention_days: Positive = Field(400, description="How long events are kept that are over.")
    delivery_memory_seconds: Positive = Field(
        259_200, description="How long a sender's name for a delivery is known, so that a repeat changes nothing."
    )
    graphql_max_depth: Positive = Field(12, description="Deepest GraphQL selection.")
    graphql_max_aliases: Positive = Field(30, description="Most aliases in a GraphQL document.")
    graphql_max_tokens: Positive = Field(2_000, description="Most tokens in a GraphQL document.")
    graphql_max_cost: Positive = Field(50_000, description="Most objects a GraphQL query may ask for.")
    change_retention: Positive = Field(10_000, description="Journal entries kept for other workers to catch up with.")
    health_retention_days: Positive = Field(
        400, description="How long the history of health of business items is kept."
    )
    situation_window_seconds: Positive = Field(
        300, description="How far apart alerts may begin that have one silent cause, each from the next."
    )
    situation_common_share: float = Field(
        0.5, gt=0, le=1, description="Which share of what stands on a silent item alerts when the item has failed."
    )
    situation_skew_seconds: int = Field(
        60, ge=0, description="By how much a cause may seem to begin later than what it explains."
    )
    situation_quiet_seconds: int = Field(
        60, ge=0, description="How long a situation without open events waits until it is resolved."
    )
    situation_reopen_seconds: int = Field(
        900, ge=0, description="How long a resolved situation opens again when its items alert."
    )
    situation_settle_seconds: int = Field(
        5, ge=0, description="How long a new situation must not have changed to be announced."
    )
    situation_settle_most_seconds: int = Field(
        15, ge=0, description="How long the announcement of a situation that changes all the time waits at most."
    )
    situation_storm: Positive = Field(
        10, description="How many unannounced situations at once are a storm, and may turn out to be one situation."
    )
    situation_storm_most_seconds: int = Field(
        60, ge=0, description="How long the announcement of a situation waits at most while a storm grows."
    )
    situation_retention_days: Positive = Field(400, description="How long resolved situations are kept.")
    outgoing_networks: list[str] = Field(
        default_factory=list,
        description="Private networks, addresses and host names that notifications may go to, also without TLS.",
    )
    impact_settle_seconds: int = Field(
        30,
        ge=0,
        description="How long a business item must be hurt, otherwise hurt or well again to be told of.",
    )
    impact_breach_moves_seconds: Positive = Field(
        900, description="By how much the predicted breach of a business item must move to be told of."
    )
    unmatched_settle_seconds: int = Field(
        120, ge=0, description="How long an alert about no known item waits until somebody is told of it."
    )
    notification_retention_days: Positive = Field(30, description="How long sent notifications are kept in the log.")
    rate_caller_per_second: float = Field(500, gt=0, description="Requests a second that one caller may send for long.")
    rate_caller_burst: Positive = Field(2_000, description="Requests that one caller may send at once.")
    rate_source_per_second: float = Field(
        1_000, gt=0, description="Deliveries a second that one event source may send for long."
    )
    rate_source_burst: Positive = Field(5_000, description="Deliveries that one event source may send at once.")
    rate_failures_per_minute: Positive = Field(
        60, description="Requests a minute, and at once, that one address may send with a wrong token."
    )
    trusted_proxies: list[str] = Field(
        default_factory=list, description="Addresses and networks of proxies whose X-Forwarded-For and -Proto count."
    )
    audit_retention_days: Positive = Field(1_830, description="How long it is kept who changed or read what.")
    audit_max_bytes: Positive = Field(
        20_000, description="Most bytes of before and after in one entry of the audit; what is left out is counted."
    )
    log_format: str = Field("text", pattern="^(text|json)$", description="Log lines as `text` or `json`.")
    log_level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="Least severe level logged.")

    @field_validator("webhook_secrets", mode="before")
    @classmethod
    def _one_secret_is_a_list(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        return {source: secrets if isinstance(secrets, list) else [secrets] for source, secrets in value.items()}

    @field_validator("cypher_password")
    @classmethod
    def _belongs_to_a_user(cls, password: SecretStr, others: ValidationInfo) -> SecretStr:
        if bool(password) != bool(others.data.get("cypher_username")):
            raise ValueError("UNDERPIN_CYPHER_USERNAME and UNDERPIN_CYPHER_PASSWORD go together; set both or neither")
        return password

    @property
    def cypher_login(self) -> tuple[str, str] | None:
        """The name and password of who asks what callers wrote, if that is not our own user."""
        return (self.cypher_username, self.cypher_password.get_secret_value()) if self.cypher_username else None

    @property
    def base_url(self) -> str:
        """How callers reach us: as we were told, else where we listen; on every address, by this machine's name."""
        name = gethostname() if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104
        return self.public_url or f"http://{f'[{name}]' if ':' in name else name}:{self.port}"
