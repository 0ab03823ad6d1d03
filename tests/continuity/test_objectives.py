"""What recovery achieves against what is asked of it: the worked example W2, and each rule by itself."""

from app.continuity.conflicts import ObjectiveFinding
from app.continuity.data_loss import LossKind
from app.continuity.facts import RecoveryEvidence
from app.continuity.objectives import MissingInput
from app.continuity.times import CycleRule
from app.continuity.verdicts import Bounds, ObjectiveStatus
from tests.continuity.drawing import HOUR, Recovery, hours, recovering

MET, BREACHED = ObjectiveStatus.MET, ObjectiveStatus.BREACHED
TESTED, CONTRACTUAL, ESTIMATED, DEFAULT = RecoveryEvidence


def w2() -> Recovery:
    """Two services on shared infrastructure."""
    return recovering(
        """
        s1{service} -> a{it-service} -> db{it-service} -> san{it-service}
        a -> net{it-service}
        s2{service} -> b{it-service} -> db
        """,
        {"s1": 0.5, "a": 1, "db": 1.5, "san": 2, "net": 0.5, "s2": 1, "b": 2},
        rto_seconds={"s1": 4, "s2": 24, "a": 3, "b": 12, "db": 3, "san": 2, "net": 2},
    )


def test_w2_every_item_is_up_when_the_chain_below_it_is() -> None:
    times = w2().times()

    assert hours(times.finish, times.estate.graph.keys) == {
        "s1": 5.0, "a": 4.5, "db": 3.5, "san": 2.0, "net": 0.5, "s2": 6.5, "b": 5.5,
    }  # fmt: skip


def test_w2_every_item_must_be_up_when_the_chain_above_it_says() -> None:
    times = w2().times()

    assert hours(times.late, times.estate.graph.keys) == {
        "s1": 4, "a": 3.5, "db": 2.5, "san": 1.0, "net": 2.5, "s2": 24, "b": 23,
    }  # fmt: skip


def test_w2_slack_and_gaps() -> None:
    found = {key: w2().objectives(key).rto for key in ("s1", "a", "db", "san", "net", "b", "s2")}

    assert {key: (one.slack_seconds or 0) / HOUR for key, one in found.items()} == {
        "s1": -1, "a": -1, "db": -1, "san": -1, "net": 2, "b": 17.5, "s2": 17.5,
    }  # fmt: skip
    assert {key: (one.gap_seconds or 0) / HOUR for key, one in found.items()} == {
        "s1": 1, "a": 1.5, "db": 0.5, "san": 0, "net": 0, "b": 0, "s2": 0,
    }  # fmt: skip
    assert {key: one.status for key, one in found.items()} == {
        "s1": BREACHED, "a": BREACHED, "db": BREACHED, "san": BREACHED, "net": MET, "b": MET, "s2": MET,
    }  # fmt: skip


def test_w2_declared_objectives_that_are_too_long_conflict() -> None:
    world = w2()
    found = {key: world.objectives(key).conflicts for key in ("a", "db", "san", "net", "b")}

    assert {key: [(one.code, one.seconds) for one in each] for key, each in found.items()} == {
        "a": [], "b": [], "net": [],
        "db": [(ObjectiveFinding.RTO_CONFLICT, HOUR // 2)],
        "san": [(ObjectiveFinding.RTO_CONFLICT, HOUR)],
    }  # fmt: skip
    assert found["san"][0].sentence == "the RTO of san is 7200 s, but what needs it leaves it 3600 s"


def test_w2_the_proofs_name_the_work_and_the_need() -> None:
    found = w2().objectives("s1")

    assert [(step.key, step.start_seconds, step.finish_seconds) for step in found.critical_path] == [
        ("san", 0, 2 * HOUR), ("db", 2 * HOUR, 3.5 * HOUR), ("a", 3.5 * HOUR, 4.5 * HOUR), ("s1", 4.5 * HOUR, 5 * HOUR),
    ]  # fmt: skip
    assert w2().objectives("san").demand_path == ("san", "db", "a", "s1")


def test_w2_what_is_lost_of_data() -> None:
    world = recovering(
        "s1{service} -> oltp, docs",
        data=[("s1", "oltp"), ("s1", "docs")],
        rpo_seconds={"s1": 1},
        replication_lag_seconds={"oltp": 5 / 60},
        backup_interval_seconds={"oltp": 24, "docs": 4},
    )

    physical, corrupt = world.objectives("s1").rpo

    assert physical.loss
    assert corrupt.loss
    assert (physical.kind, physical.loss.at_most_seconds, physical.gap_seconds, physical.loss.skew_seconds) == (
        LossKind.PHYSICAL_LOSS, 4 * HOUR, 3 * HOUR, 4 * HOUR - 300,
    )  # fmt: skip
    assert (corrupt.kind, corrupt.loss.at_most_seconds, corrupt.gap_seconds, corrupt.loss.skew_seconds) == (
        LossKind.DATA_CORRUPTION, 24 * HOUR, 23 * HOUR, 20 * HOUR,
    )  # fmt: skip
    assert [one.code for one in world.objectives("s1").conflicts] == [ObjectiveFinding.RECONCILIATION_NEEDED] * 2
    assert [one.required_seconds for one in world.objectives("oltp").rpo] == [HOUR, HOUR]
    assert [one.status for one in world.objectives("oltp").rpo] == [MET, BREACHED]


def test_a_group_is_up_with_its_fastest_members_and_only_these_are_pressed() -> None:
    world = recovering("s{service} -> g{2 of x, y, z}", {"s": 0, "x": 1, "y": 3, "z": 2}, rto_seconds={"s": 4})
    times = world.times()

    assert hours(times.finish, times.estate.graph.keys) == {"s": 2, "g": 2, "x": 1, "y": 3, "z": 2}
    assert world.objectives("z").rto.required == Bounds(4 * HOUR, 4 * HOUR)
    assert world.objectives("y").rto.required is None
    assert world.objectives("y").rto.status is ObjectiveStatus.NOT_APPLICABLE


def test_members_of_a_group_count_by_their_weight() -> None:
    world = recovering("s -> g{3 of x:2, y:1, z:2}", {"s": 0, "x": 1, "y": 2, "z": 3})

    assert [step.key for step in world.objectives("s").critical_path] == ["y", "g", "s"]


def test_of_equal_members_the_first_by_key_is_pressed() -> None:
    world = recovering("s{service} -> g{1 of y, x}", {"x": 1, "y": 1}, rto_seconds={"s": 4})

    assert world.objectives("x").rto.required is not None
    assert world.objectives("y").rto.required is None


def test_a_deadline_is_the_lesser_of_the_rto_and_what_the_mtpd_leaves() -> None:
    world = recovering("s{service} -> x", {"x": 1}, rto_seconds={"s": 8}, mtpd_seconds={"s": 10}, wrt_seconds={"s": 4})

    assert world.objectives("x").rto.required == Bounds(6 * HOUR, 6 * HOUR)
    assert [one.code for one in world.objectives("s").conflicts] == [ObjectiveFinding.RTO_CONFLICT]


def test_where_nobody_gave_the_wrt_the_mtpd_alone_bounds_and_it_is_said() -> None:
    world = recovering("s{service} -> x", {"x": 1, "s": 0}, mtpd_seconds={"s": 10})

    assert world.objectives("x").rto.required == Bounds(10 * HOUR, 10 * HOUR)
    assert world.objectives("x").assumptions == (
        "nobody gave the work recovery time (WRT) of s; its MTPD alone bounds it",
    )


def test_a_missing_time_leaves_bounds_and_is_named() -> None:
    found = recovering("s{service} -> x -> y", {"s": 0, "y": 1}, rto_seconds={"s": 4}).objectives("s")

    assert found.rto.achievable == Bounds(HOUR, None)
    assert found.rto.status is ObjectiveStatus.MISSING_INPUT
    assert found.missing == (MissingInput("x", "recoveryTimeSeconds"),)
    assert found.evidence is None


def test_a_lower_bound_that_breaches_is_certain() -> None:
    found = recovering("s{service} -> x -> y", {"s": 0, "y": 5}, rto_seconds={"s": 4}).objectives("s")

    assert (found.rto.status, found.rto.gap_seconds) == (BREACHED, HOUR)


def test_a_missing_time_in_a_group_that_holds_without_it_is_bounded() -> None:
    found = recovering("s{service} -> g{1 of x, y}", {"s": 0, "y": 3}, rto_seconds={"s": 4}).objectives("s")

    assert (found.rto.achievable, found.rto.status) == (Bounds(0, 3 * HOUR), MET)


def test_what_is_asked_has_bounds_where_a_time_above_is_missing() -> None:
    found = recovering("s{service} -> x -> y", {"s": 1, "y": 1}, rto_seconds={"s": 4}).objectives("y")

    assert found.rto.required == Bounds(None, 3 * HOUR)
    assert found.missing == (MissingInput("x", "recoveryTimeSeconds"),)
    assert found.rto.status is ObjectiveStatus.MISSING_INPUT


def test_what_belongs_to_the_business_needs_a_target() -> None:
    world = recovering("s{service} -> x", {"s": 0, "x": 1})

    assert world.objectives("s").rto.status is ObjectiveStatus.MISSING_TARGET
    assert world.objectives("x").rto.status is ObjectiveStatus.NOT_APPLICABLE


def test_items_that_nobody_gave_a_time_are_assumed_to_need_none_unless_they_are_components() -> None:
    found = recovering("s{service} -> a{it-service} -> zone{location}", rto_seconds={"s": 4}).objectives("s")

    assert found.rto.achievable == Bounds(0, 0)
    assert found.assumptions == ("nobody gave a recovery time of their own to a, s, zone; none was counted",)


def test_a_third_party_takes_as_long_as_it_promised() -> None:
    found = recovering(
        "s{service} -> bank{third-party}", {"s": 1}, rto_seconds={"s": 4}, contract_rto_seconds={"bank": 6}
    )

    assert found.objectives("s").rto.achievable == Bounds(7 * HOUR, 7 * HOUR)
    assert found.objectives("bank").evidence is CONTRACTUAL
    assert [(one.code, one.seconds) for one in found.objectives("bank").conflicts] == [
        (ObjectiveFinding.CONTRACT_RTO_GAP, 3 * HOUR)
    ]


def test_the_evidence_is_the_weakest_on_the_critical_path() -> None:
    known = {"s": TESTED, "x": ESTIMATED, "y": DEFAULT}

    found = recovering("s -> x, y", {"s": 1, "x": 2, "y": 1}, evidence=known)

    assert found.objectives("s").evidence is ESTIMATED
    assert recovering("s -> x", {"s": 1, "x": 2}, evidence={"s": TESTED}).objectives("s").evidence is DEFAULT


def test_recovery_waits_for_a_team_and_not_for_what_it_does_not_need() -> None:
    world = recovering(
        "s -> x, slow; team{team}",
        {"s": 1, "x": 1, "slow": 9, "team": 2},
        added=[("x", "team")],
        left_out=[("s", "slow")],
    )

    assert [step.key for step in world.objectives("s").critical_path] == ["team", "x", "s"]


def test_recovery_does_not_wait_for_what_is_only_soft() -> None:
    assert recovering("s ~> x", {"s": 1, "x": 5}).objectives("s").rto.achievable == Bounds(HOUR, HOUR)


def test_a_cycle_takes_the_sum_of_its_times_or_the_longest() -> None:
    world = recovering("s -> p -> q -> p; q -> db", {"s": 1, "p": 2, "q": 3, "db": 4})

    summed, longest = world.times(), world.times(cycles=CycleRule.MAX)

    assert hours(summed.finish, summed.estate.graph.keys) == {"s": 10, "p": 9, "q": 9, "db": 4}
    assert hours(longest.finish, longest.estate.graph.keys) == {"s": 8, "p": 7, "q": 7, "db": 4}
    found = world.objectives("s")
    assert [(one.code, one.keys) for one in found.conflicts] == [(ObjectiveFinding.CYCLIC_DEPENDENCY, ("p", "q"))]
    assert [(step.key, step.cycle) for step in found.critical_path] == [("db", ()), ("p", ("p", "q")), ("s", ())]


def test_what_must_be_up_before_a_cycle_has_what_the_cycle_leaves() -> None:
    world = recovering("s{service} -> p -> q -> p; q -> db", {"s": 1, "p": 2, "q": 3, "db": 4}, rto_seconds={"s": 20})

    found = world.objectives("db")

    assert (found.rto.required, found.demand_path) == (Bounds(14 * HOUR, 14 * HOUR), ("db", "q", "p", "s"))


def test_a_group_without_enough_members_is_never_up_for_certain() -> None:
    found = recovering("s{service} -> g{2 of x}", {"s": 0, "x": 1}, rto_seconds={"s": 4}).objectives("s")

    assert found.rto.achievable == Bounds(HOUR, None)
    assert found.missing == (MissingInput("g", "members"),)
    assert [one.code for one in found.conflicts] == [ObjectiveFinding.REDUNDANCY_UNSATISFIABLE]


def test_a_declared_tier_that_is_worse_than_that_of_a_dependent_is_an_inversion() -> None:
    world = recovering("pay{process tier 0} -> shop{service tier 3} -> g{1 of x, y}")

    found = world.objectives("shop")

    assert found.effective_tier == 0
    assert [one.sentence for one in found.conflicts] == ["shop is declared tier 3, but pay of tier 0 needs it"]
    assert world.objectives("x").effective_tier == 0


def test_an_item_with_an_rpo_and_no_data_dependency_says_what_is_missing() -> None:
    found = recovering("s{service} -> x", {"s": 0, "x": 0}, rpo_seconds={"s": 1}).objectives("s")

    assert [one.status for one in found.rpo] == [ObjectiveStatus.MISSING_INPUT] * 2
    assert found.missing == (MissingInput("s", "dataDependency"),)


def test_a_store_with_a_replica_and_no_backup_is_lost_when_data_are_corrupted() -> None:
    found = recovering("s -> x", {"s": 0, "x": 0}, data=[("s", "x")], replication_lag_seconds={"x": 1}).objectives("s")

    physical, corrupt = (one.loss for one in found.rpo)
    assert physical
    assert corrupt
    assert (physical.at_most_seconds, corrupt.at_most_seconds) == (HOUR, None)
    assert found.missing == (MissingInput("x", "backupIntervalSeconds"),)


def test_of_a_group_of_stores_the_freshest_that_are_enough_count() -> None:
    world = recovering(
        "s{service} -> g{1 of x, y}",
        data=[("s", "g")],
        rpo_seconds={"s": 1},
        backup_interval_seconds={"x": 8, "y": 2},
    )

    physical = world.objectives("s").rpo[0]

    assert physical.loss
    assert (physical.loss.at_most_seconds, physical.loss.skew_seconds) == (2 * HOUR, 0)
    assert world.objectives("y").rpo[0].required_seconds == HOUR
    assert world.objectives("x").rpo[0].required_seconds is None


def test_after_a_smaller_loss_recovery_is_faster_and_as_much_is_asked() -> None:
    found = w2().objectives("s1", failed=["db"])

    assert (found.rto.achievable, found.rto.status) == (Bounds(90 * 60, 90 * 60), MET)
    assert [step.key for step in found.critical_path] == ["db", "a", "s1"]
    assert w2().objectives("db", failed=["san"]).rto.required == Bounds(150 * 60, 150 * 60)
