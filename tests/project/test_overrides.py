from hypothesis import given
from hypothesis import strategies as st

from genaiops.project.overrides import FlowOverrides, Overrides
from genaiops.specs.evaluation import EvalSpec

SPEC = EvalSpec.model_validate(
    {
        "flow": "flows/a",
        "dataset": "datasets/a.jsonl",
        "metrics": ["answer_f1"],
        "variant": "terse",
        "repeats": 2,
        "limit": 9,
        "filter": {"topic": "bills", "split": "dev"},
    }
)


def test_nothing_said_changes_nothing() -> None:
    assert Overrides().over(SPEC) == SPEC


def test_filters_are_merged_tag_by_tag() -> None:
    found = Overrides(filter={"topic": "meters", "hard": True}).over(SPEC)
    assert found.filter == {"topic": "meters", "split": "dev", "hard": True}


@given(
    st.builds(
        Overrides,
        st.builds(
            FlowOverrides,
            variant=st.none() | st.just("wide"),
            model=st.none() | st.just("small"),
        ),
        repeats=st.none() | st.integers(1, 9),
        limit=st.none() | st.integers(1, 9),
        concurrency=st.none() | st.integers(1, 9),
    )
)
def test_what_is_said_stands_and_the_rest_stays(overrides: Overrides) -> None:
    found = overrides.over(SPEC)
    for name in ("variant", "model", "repeats", "limit", "concurrency"):
        of_flow = name in {"variant", "model"}
        said = getattr(overrides.flow if of_flow else overrides, name)
        assert getattr(found, name) == (getattr(SPEC, name) if said is None else said)
