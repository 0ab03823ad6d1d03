"""The times of recovery against the equations themselves, over random worlds."""

from math import inf

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.continuity.proofs import critical_path, demand_path
from app.continuity.times import RecoveryTimes, recovery_times, times_after
from app.continuity.timing import OPEN
from app.topology.graph import Int64
from tests.continuity.drawing import HOUR
from tests.continuity.oracle import LAW, Drawn, demands, finishes, recoveries


def told(times: RecoveryTimes, seconds: Int64) -> dict[str, float]:
    """Hours by key, as the reference tells them."""
    keys = times.estate.graph.keys
    hours = [inf if one >= OPEN else -inf if one == -OPEN else one / HOUR for one in seconds.tolist()]
    return dict(zip(keys, hours, strict=True))


@LAW
@given(recoveries())
def test_times_and_demands_are_those_of_the_equations(drawn: Drawn) -> None:
    times = drawn.recovery.times(cycles=drawn.cycles)
    up, chosen = finishes(drawn, unknown=0, never=0)

    assert told(times, times.finish) == up
    assert told(times, times.finish_most) == finishes(drawn, unknown=inf, never=inf)[0]
    assert told(times, times.late) == demands(drawn, chosen, unknown=0)
    assert told(times, times.late_least) == demands(drawn, chosen, unknown=inf)


@LAW
@given(recoveries())
def test_what_surrounds_an_item_decides_its_times(drawn: Drawn) -> None:
    estate = drawn.recovery.estate
    whole = recovery_times(estate, cycles=drawn.cycles)
    for number in range(estate.graph.size):
        times = recovery_times(estate.around([number]), cycles=drawn.cycles)
        place = times.estate.graph.number[estate.graph.keys[number]]
        assert [getattr(times, name)[place] for name in ("finish", "finish_most", "late", "late_least")] == [
            getattr(whole, name)[number] for name in ("finish", "finish_most", "late", "late_least")
        ]


@LAW
@given(recoveries())
def test_the_proofs_add_up(drawn: Drawn) -> None:
    times = drawn.recovery.times(cycles=drawn.cycles)
    keys = times.estate.graph.keys
    for number, key in enumerate(keys):
        path = critical_path(times, number)
        assert (path[0].start_seconds, path[-1].key, path[-1].finish_seconds) == (0, key, times.finish[number])
        assert [step.start_seconds for step in path[1:]] == [step.finish_seconds for step in path[:-1]]
        asked = demand_path(times, number)
        assert bool(asked) == (times.late[number] < OPEN)
        if asked:
            end, groups = asked[-1], [drawn.together(one) for one in asked]
            work = {min(group): drawn.own(min(group), 0) for group in groups[1:] if min(group) != min(groups[0])}
            assert drawn.deadlines[end] - sum(work.values()) == told(times, times.late)[key]


@LAW
@given(recoveries(), st.data())
def test_after_a_smaller_loss_what_is_struck_besides_only_restarts(drawn: Drawn, data: st.DataObject) -> None:
    estate = drawn.recovery.estate
    failed = data.draw(st.sets(st.sampled_from([one.key for one in drawn.world.vertices])))

    times = times_after(estate, estate.marked(failed), seconds=estate.recovery_seconds, cycles=drawn.cycles)

    after = drawn.after(failed)
    assert told(times, times.finish) == finishes(after, unknown=0, never=0)[0]
    assert told(times, times.finish_most) == finishes(after, unknown=inf, never=inf)[0]


@LAW
@given(recoveries(restarts=False), st.data())
def test_a_smaller_loss_never_takes_longer(drawn: Drawn, data: st.DataObject) -> None:
    estate = drawn.recovery.estate
    size = estate.graph.size
    more = np.array(data.draw(st.lists(st.booleans(), min_size=size, max_size=size)), np.bool_)
    less = more & np.array(data.draw(st.lists(st.booleans(), min_size=size, max_size=size)), np.bool_)

    larger, smaller = (times_after(estate, failed, seconds=estate.recovery_seconds) for failed in (more, less))

    assert (smaller.finish <= larger.finish).all()
    assert (larger.finish <= recovery_times(estate).finish).all()
