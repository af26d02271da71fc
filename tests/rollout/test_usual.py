from genaiops.rollout.usual import LEAST, Usual


def after(requests: list[tuple[float, float]]) -> Usual:
    usual = Usual(quantile=0.95, slack=1.2)
    for value, at in requests:
        usual.add(value, at)
    return usual


def test_before_the_first_window_is_over_nothing_is_told() -> None:
    usual = after([(1.0, second) for second in range(599)])
    assert usual.limit is None
    assert usual.badness(100.0) is None


def test_the_limit_is_stables_quantile_of_the_window_before() -> None:
    first = [(float(second % 100 + 1), second) for second in range(600)]
    usual = after([*first, (1000.0, 600)])
    assert usual.limit == 95 * 1.2
    assert (usual.badness(114.0), usual.badness(114.1)) == (0.0, 1.0)


def test_a_slow_window_does_not_move_its_own_limit() -> None:
    calm = [(1.0, second) for second in range(600)]
    slow = [(50.0, 600 + second) for second in range(599)]
    assert after([*calm, *slow]).limit == 1.2
    assert after([*calm, *slow, (50.0, 1200)]).limit == 60.0


def test_a_window_with_few_requests_goes_on() -> None:
    few = [(1.0, 60.0 * minute) for minute in range(LEAST)]
    assert after(few).limit is None
    assert after([*few, (1.0, 60.0 * LEAST)]).limit == 1.2


def test_what_stable_took_before_is_usual_until_the_first_window_is_over() -> None:
    usual = Usual(quantile=0.95, slack=1.2)
    usual.begin([1.0] * (LEAST - 1))
    assert usual.limit is None, "too little to tell"
    usual.begin([1.0] * LEAST)
    assert (usual.badness(1.1), usual.badness(1.3)) == (0.0, 1.0)
    for second in range(601):
        usual.add(10.0, second)
    assert usual.limit == 12.0
