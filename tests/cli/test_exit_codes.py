import pytest

from tests.cli.terminal import Terminal
from tests.cli.test_gate import set_gates

STYLE = ("--exit-code-style", "promptfoo")


@pytest.mark.parametrize(
    ("gate", "codes"),
    [
        ("{metric: answer_f1, at_least: 0.05}", (0, 0)),
        ("{metric: groundedness, at_least: 0.95, on_inconclusive: block}", (3, 100)),
        ("{metric: groundedness, at_least: 0.95, on_inconclusive: allow}", (0, 0)),
        ("{metric: nope, at_least: 0.5}", (2, 1)),
    ],
)
def test_what_blocks_is_100_and_any_other_error_1(
    library: Terminal, gate: str, codes: tuple[int, int]
) -> None:
    set_gates(library, gate)
    ours, theirs = library("gate", "assistant"), library("gate", "assistant", *STYLE)
    assert (ours.code, theirs.code) == codes
    assert ours.out == theirs.out


def test_a_gate_that_fails_is_100(library: Terminal) -> None:
    set_gates(library, "{metric: answer_f1, at_least: 0.5}")
    assert library("gate", "assistant", "--variant", "blind").code == 1
    assert library("gate", "assistant", "--variant", "blind", *STYLE).code == 100


def test_an_error_is_told_as_ever(library: Terminal) -> None:
    done = library("gate", "nope", *STYLE)
    assert done.code == 1
    assert done.err == "error: unknown evaluation 'nope' (known: assistant)\n"
