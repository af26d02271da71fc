"""Keys written into somebody's file: nothing else of it changes."""

from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.errors import SpecError
from genaiops.specs.additions import Addition, with_additions
from genaiops.specs.load import parse_yaml

MARGIN = Addition(("gates", 0), "no_worse_than", "margin", 0.1, ("as if 17%", "had flipped"))
REPEATS = Addition((), "dataset", "repeats", 3, ("three draws",))


def added(text: str, *additions: Addition) -> str:
    return with_additions(dedent(text), "evals/a.yaml", additions)


def test_a_key_in_braces_stands_behind_the_other_and_its_comment_above() -> None:
    text = """\
        # mine
        dataset: d.csv   # my own words
        gates:
          - {metric: f1, no_worse_than: baseline, tier: "report"}   # kept
          - {metric: f1, at_least: 0.50}
        """
    assert added(text, MARGIN, REPEATS) == dedent("""\
        # mine
        dataset: d.csv   # my own words
        # three draws
        repeats: 3
        gates:
          # as if 17%
          # had flipped
          - {metric: f1, no_worse_than: baseline, margin: 0.1, tier: "report"}   # kept
          - {metric: f1, at_least: 0.50}
        """)


def test_a_key_on_lines_of_its_own_stands_on_one_too() -> None:
    text = """\
        gates:
        - metric: f1
          no_worse_than: "baseline"  # of main
          tier: report
        """
    assert added(text, MARGIN) == dedent("""\
        gates:
        - metric: f1
          no_worse_than: "baseline"  # of main
          # as if 17%
          # had flipped
          margin: 0.1
          tier: report
        """)


def test_the_last_line_may_have_no_end() -> None:
    text = "gates:\n  - metric: f1\n    no_worse_than: baseline"
    assert added(text, MARGIN).endswith("    # had flipped\n    margin: 0.1")


def test_several_gates_on_one_line_and_ends_of_lines_as_on_windows() -> None:
    text = "gates: [{no_worse_than: baseline}, {'no_worse_than' : 'baseline'}]\r\n"
    other = Addition(("gates", 1), "no_worse_than", "margin", 0.25)
    told = added(text, MARGIN, other)
    assert told == (
        "# as if 17%\r\n# had flipped\r\n"
        "gates: [{no_worse_than: baseline, margin: 0.1}, "
        "{'no_worse_than' : 'baseline', margin: 0.25}]\r\n"
    )


def test_braces_over_several_lines() -> None:
    text = "gates:\n  - {metric: f1,\n     no_worse_than: baseline}\n"
    assert added(text, MARGIN).splitlines()[1:] == [
        "  # as if 17%", "  # had flipped", "  - {metric: f1,",
        "     no_worse_than: baseline, margin: 0.1}",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "gates:\n  - metric: f1\n    no_worse_than:\n      baseline\n",
        "gates:\n  - no_worse_than: base\n      line\n",
        "gates:\n  - metric: f1\n",
        "dataset: d.csv\n",
    ],
)
def test_what_cannot_be_placed_is_told_with_its_place(text: str) -> None:
    with pytest.raises(SpecError, match=r"evals/a\.yaml:\d+:\d+: .*write margin: 0\.1"):
        added(text, MARGIN)


@given(
    before=st.lists(st.sampled_from(["", "# note", "flow: app:answer", "seed: 7"]), unique=True),
    indent=st.integers(0, 4),
    in_braces=st.booleans(),
    newline=st.sampled_from(["\n", "\r\n"]),
)
def test_lines_are_added_and_none_is_lost(
    before: list[str], indent: int, *, in_braces: bool, newline: str
) -> None:
    gate = ["- {no_worse_than: baseline}"] if in_braces else ["- no_worse_than: baseline"]
    lines = ["dataset: d.csv", *before, "gates:", *(" " * indent + line for line in gate)]
    text = newline.join(lines) + newline
    told = with_additions(text, "a.yaml", [MARGIN, REPEATS])
    value = parse_yaml(told, "a.yaml").value
    assert isinstance(value, dict)
    assert value["repeats"] == 3
    assert value["gates"] == [{"no_worse_than": "baseline", "margin": 0.1}]
    kept = iter(told.replace(", margin: 0.1", "").split(newline))
    assert all(line in kept for line in lines)
