"""What each check finds in a drawn world, and what it leaves alone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from app.continuity.checks import CHECKS, HIGH, LOW, MEDIUM, BusinessItem, CheckedEstate, everything_seen
from app.continuity.consistency import Targets
from app.continuity.finding import FindingSeverity
from app.continuity.mapping_checks import MappingFacts
from tests.continuity.drawing import Recovery, recovering

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = 3600
UNKNOWN = Targets()
NOTHING_KNOWN = MappingFacts()


def business(
    key: str, targets: Targets = UNKNOWN, *, owned: bool = True, days: int | None = 1, assessed: Targets = UNKNOWN
) -> BusinessItem:
    """A business item; `days` ago its assessment was reviewed."""
    return BusinessItem(key, targets, owned, None if days is None else NOW - timedelta(days=days), assessed)


def found(
    code: str,
    world: Recovery,
    *items: BusinessItem,
    unconnected: Sequence[str] = (),
    mapping: MappingFacts = NOTHING_KNOWN,
) -> dict[str, str]:
    """What one check says, by key; every other one is run as well."""
    estate = CheckedEstate(world.picture, items, unconnected, NOW, valid_days=365, mapping=mapping)
    return {one.key: one.sentence for one in everything_seen(estate) if one.code == code}


NOTHING = recovering("a")


def test_every_check_has_a_name_of_its_own_and_words() -> None:
    assert len({one.code for one in CHECKS}) == len(CHECKS)
    assert all(one.words.endswith(".") for one in CHECKS)


def test_an_estate_in_which_nothing_is_wrong_has_no_findings() -> None:
    fine = business("pay", Targets(60, 60, 120, 60), assessed=Targets(mtpd_seconds=120))

    world = recovering(
        "pay{process tier 0} -> db{1 of db-1, db-2}; db-1, db-2 -> site{location}", rto_seconds={"pay": 4}
    )
    assert everything_seen(CheckedEstate(world.picture, [fine], (), NOW, valid_days=365)) == []


def test_objectives_that_contradict_themselves() -> None:
    wrong, fine = Targets(60, 61, 120, 59), Targets(60, 60, 120, 60)

    assert found("RTO_EXCEEDS_MTPD", NOTHING, business("pay", wrong), business("fine", fine)) == {
        "pay": "RTO 60 s + WRT 61 s is more than the MTPD of 120 s; shorten what is allowed by 1 s"
    }
    assert found("RTO_EXCEEDS_TOLERANCE", NOTHING, business("pay", wrong), business("fine", fine)) == {
        "pay": "RTO 60 s is more than the impact tolerance of 59 s; shorten it by 1 s"
    }


def test_assessments_that_are_not_there_are_old_or_say_something_else() -> None:
    never, old = business("never", days=None), business("old", days=366)
    other = business("other", Targets(90, mtpd_seconds=60), assessed=Targets(30, mtpd_seconds=120))
    items = (never, old, other, business("fine"))

    assert found("ASSESSMENT_MISSING", NOTHING, *items).keys() == {"never"}
    assert found("ASSESSMENT_OVERDUE", NOTHING, *items).keys() == {"old"}
    assert found("ASSESSMENT_NOT_APPLIED", NOTHING, *items) == {
        "other": "it has MTPD 60 s, RTO 90 s, but its approved assessment MTPD 120 s, RTO 30 s; approve what holds"
    }


def test_what_an_assessment_does_not_propose_may_be_anything() -> None:
    free = business("free", Targets(90, rpo_seconds=60))
    bound = business("bound", Targets(rpo_seconds=60), assessed=Targets(rpo_seconds=30))

    assert found("ASSESSMENT_NOT_APPLIED", NOTHING, free, bound) == {
        "bound": "it has RPO 60 s, but its approved assessment RPO 30 s; approve what holds"
    }


def test_what_never_was_assessed_cannot_differ_from_it() -> None:
    assert found("ASSESSMENT_NOT_APPLIED", NOTHING, business("pay", Targets(mtpd_seconds=60), days=None)) == {}


def test_business_items_that_nobody_answers_for() -> None:
    assert found("OWNER_MISSING", NOTHING, business("pay", owned=False), business("fine")) == {
        "pay": "nobody answers for it; give it an owner"
    }


def test_a_promise_that_is_longer_than_what_needs_it_can_wait() -> None:
    world = recovering(
        "pay{process tier 0} -> db; pay -> bank{third-party}; pay -> spare",
        {"pay": 1, "db": 1, "spare": 1},
        rto_seconds={"pay": 4, "db": 5, "spare": 3},
        contract_rto_seconds={"bank": 4},
    )

    assert found("RTO_CONFLICT", world) == {
        "db": f"the RTO of db is {5 * HOUR} s, but what needs it leaves it {3 * HOUR} s"
    }
    assert found("CONTRACT_RTO_GAP", world) == {
        "bank": f"bank has agreed on {4 * HOUR} s, but what needs it leaves it {3 * HOUR} s"
    }


def test_a_contract_is_held_to_what_is_part_of_it_directly_or_not() -> None:
    world = recovering(
        "pay{process tier 0} -> rack; cage; deal{contract}",
        {"pay": 1, "rack": 1},
        parts=[("rack", "cage"), ("cage", "deal"), ("deal", "cage")],
        rto_seconds={"pay": 4},
        contract_rto_seconds={"deal": 5},
    )
    sentence = f"deal has agreed on {5 * HOUR} s, but what needs rack, which is part of it, leaves that {3 * HOUR} s"

    assert found("CONTRACT_RTO_GAP", world) == {"deal": sentence}
    (gap,) = world.objectives("deal").conflicts
    assert (gap.sentence, gap.seconds, gap.keys) == (sentence, 2 * HOUR, ("deal", "rack"))


def test_a_tier_that_is_worse_than_that_of_what_needs_it() -> None:
    world = recovering("pay{process tier 0} -> check{service tier 2} -> db; other{service tier 3} ~> check")

    assert found("TIER_INVERSION", world) == {"check": "check is declared tier 2, but pay of tier 0 needs it"}


def test_items_that_need_each_other_are_one_finding_of_the_first() -> None:
    assert found("CYCLIC_DEPENDENCY", recovering("z -> b -> a -> b; c -> d")) == {
        "a": "a, b need each other; say which of these dependencies are SOFT or not there"
    }


def test_groups_that_have_lost_too_many_members() -> None:
    world = recovering("pay{process} -> db{2 of db-1}; pay -> web{1 of web-1, web-2}")

    assert found("REDUNDANCY_UNSATISFIABLE", world).keys() == {"db"}


MAPPED = recovering(
    "pay{process tier 1} -> shop{it-service} -> db -> site{location}; shop -> crm; "
    "sell{process tier 2} -> web -> db; idle{service}"
)


def test_business_that_stands_on_what_is_mapped_thinly() -> None:
    facts = MappingFacts(unoperated=["shop", "web"], elsewhere=["crm"], stores=["db"], unread_stores=["db"])

    assert found("MAPPING_INCOMPLETE", MAPPED, mapping=facts) == {
        "pay": "of what it stands on 1 of 4 items have no team that operates them, "
        "1 of 1 stores are no dataDependency of anything; mappingQuality(key:) names them",
        "sell": "of what it stands on 1 of 3 items have no team that operates them, "
        "1 of 1 stores are no dataDependency of anything; mappingQuality(key:) names them",
    }


def test_a_fact_that_is_missing_among_many_is_no_finding() -> None:
    world = recovering("pay{process tier 0} -> a, b, c, d{it-service}; a, b, c -> site{location}")

    assert found("MAPPING_INCOMPLETE", world, mapping=MappingFacts(unoperated=["a"])) == {}
    assert found("MAPPING_INCOMPLETE", world, mapping=MappingFacts(unoperated=["a", "b"])).keys() == {"pay"}


def test_only_business_that_matters_has_to_be_mapped() -> None:
    assert found("MAPPING_INCOMPLETE", MAPPED, business("idle", days=None)).keys() == {"pay"}
    assert found("MAPPING_INCOMPLETE", MAPPED, business("idle"))["idle"] == (
        "of what it stands on 1 of 1 processes and services stand on no technology; mappingQuality(key:) names them"
    )


def test_business_that_stands_on_what_was_verified_too_long_ago() -> None:
    stale = MappingFacts(stale=["web", "db", "gone"])

    assert found("MAPPING_STALE", MAPPED, mapping=stale) == {
        "sell": "of what it stands on 2 of 4 items have dependencies that were verified too long ago; verify them again"
    }


def test_how_severe_a_gap_in_the_mapping_is_goes_by_the_tier_and_by_what_is_missing() -> None:
    thin = MappingFacts(unoperated=["pay", "sell"], elsewhere=["crm"])
    missing = replace(thin, stores=["db"], unread_stores=["db"])

    assert severities("MAPPING_INCOMPLETE", missing) == {"pay": HIGH, "sell": MEDIUM, "idle": LOW}
    assert severities("MAPPING_INCOMPLETE", thin) == {"pay": MEDIUM, "sell": LOW, "idle": LOW}


def severities(code: str, mapping: MappingFacts) -> dict[str, FindingSeverity]:
    estate = CheckedEstate(MAPPED.picture, [business("idle")], (), NOW, valid_days=365, mapping=mapping)
    return {one.key: one.severity for one in everything_seen(estate) if one.code == code}


def test_items_that_are_connected_to_nothing() -> None:
    assert found("ORPHAN", NOTHING, unconnected=["a"]) == {
        "a": "nothing needs it and it needs nothing; connect it or retire it"
    }
