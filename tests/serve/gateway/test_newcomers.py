"""No more users of the candidate than a step takes, whenever looks count them."""

from hypothesis import given
from hypothesis import strategies as st

from genaiops.rollout.split import arm_of
from genaiops.serve.gateway.newcomers import Newcomers, Room
from tests.stats.strategies import steady

SETTLED_S = 10.0


def asked(server: Newcomers, user: str, room: Room, now: float) -> bool:
    """Whether a request of a user goes to the candidate."""
    goes = server.may_come(user, room, now) and arm_of("salt", user, 0.5) == "candidate"
    if goes:
        server.came(user, room, now)
    return goes


@steady
@given(
    st.lists(st.tuples(st.integers(0, 60), st.floats(0, 3)), max_size=150),
    st.integers(1, 12),
    st.floats(0, SETTLED_S - 1),
)
def test_one_server_never_brings_more_however_late_looks_are(
    requests: list[tuple[int, float]], most: int, late_s: float
) -> None:
    server, now, came = Newcomers(SETTLED_S), 0.0, dict[str, float]()
    for number, passed in requests:
        now += passed
        counted = sum(at <= now - late_s for at in came.values())
        if asked(server, f"user {number}", Room(0, most, counted, looked_at=now), now):
            came.setdefault(f"user {number}", now)
        assert len(came) <= most


def test_who_was_brought_stays_and_of_the_others_nobody_takes_part() -> None:
    server = Newcomers(SETTLED_S)
    users = [f"user {number}" for number in range(20)]
    room = Room(0, 3, 0, 0.0)
    first = [user for user in users if asked(server, user, room, 0.0)]
    assert len(first) == 3
    assert [user for user in users if server.may_come(user, room, 1.0)] == first


def test_who_came_in_an_earlier_step_takes_no_room() -> None:
    server = Newcomers(SETTLED_S)
    users = [f"user {number}" for number in range(20)]
    before = [user for user in users if asked(server, user, Room(0, None, 0, 0.0), 0.0)]
    assert len(before) > 3
    room = Room(1, 1, 0, 0.0)
    assert [user for user in users if asked(server, user, room, 1.0)] == before
    more = [f"more {number}" for number in range(20)]
    assert sum(asked(server, user, room, 2.0) for user in more) == 1


def test_who_was_never_counted_gives_the_room_back() -> None:
    server = Newcomers(SETTLED_S)
    users = [f"user {number}" for number in range(40)]
    for user in users[:20]:  # another server had brought all of them but one
        asked(server, user, Room(1, 3, 0, 0.0), 0.0)
    early, late = Room(1, 3, 1, SETTLED_S - 1), Room(1, 3, 1, SETTLED_S)
    assert not any(server.may_come(user, late, SETTLED_S - 1) for user in users[20:])
    assert not any(server.may_come(user, early, SETTLED_S) for user in users[20:])
    assert sum(asked(server, user, late, SETTLED_S) for user in users[20:]) == 2


def test_where_nobody_looks_no_more_come_than_the_step_takes() -> None:
    server, room = Newcomers(SETTLED_S), Room(0, 2, 0, looked_at=0.0)
    users = [f"user {number}" for number in range(100)]
    came = [user for now, user in enumerate(users) if asked(server, user, room, float(now))]
    assert len(came) == 2


def test_a_clock_that_is_put_back_gives_the_room_back_no_later() -> None:
    server, day = Newcomers(SETTLED_S), 86_400.0
    users = [f"user {number}" for number in range(40)]
    for user in users[:20]:
        asked(server, user, Room(1, 3, 0, day), 0.0)
    assert not any(server.may_come(user, Room(1, 3, 1, 1.0), 1.0) for user in users[20:])
    right = Room(1, 3, 1, 1.0 + SETTLED_S)
    assert sum(asked(server, user, right, 1.0 + SETTLED_S) for user in users[20:]) == 2
