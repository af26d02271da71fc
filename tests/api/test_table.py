"""What a notebook shows."""

import re

from hypothesis import given
from hypothesis import strategies as st

from genaiops.api.table import estimates_table, verdicts_table
from genaiops.gates import decide, estimate_run
from genaiops.records import RunScores
from genaiops.specs.evaluation import GateSpec
from tests.gates.build import ANSWER_F1, run_of

HOSTILE = '<script>alert(1)</script>"&\x1b[31m'
TAGS = {"pre", "table", "caption", "thead", "tbody", "tr", "th", "td"}


def scores(name: str = "answer_f1") -> RunScores:
    return run_of(ANSWER_F1.model_copy(update={"name": name}), [1.0] * 40)


def test_a_row_a_metric() -> None:
    found = scores()
    text = estimates_table(found.run, estimate_run(found))
    assert "<th>metric</th><th>score</th><th>cases</th><th>missing</th>" in text
    assert "<td>answer_f1</td><td>100.0% [" in text
    assert text.count("<tr>") == 2


def test_a_row_a_gate_under_the_word() -> None:
    gate = GateSpec(metric="answer_f1", at_least=0.5)
    text = verdicts_table(decide([gate], scores(), policy="allow"))
    assert text.startswith("<table><caption>PASS ")
    assert "<td>answer_f1 at_least 0.5</td><td>pass</td>" in text


@given(st.text() | st.just(HOSTILE))
def test_whatever_is_in_a_name_stays_text(name: str) -> None:
    found = scores(name or "x")
    text = estimates_table(found.run, estimate_run(found), [name, HOSTILE])
    assert {part.strip("/") for part in re.findall(r"<([^>]*)>", text)} == TAGS
    assert text.count("<") == text.count(">")
    assert not re.search(r"[\x00-\x08\x0b-\x1f]", text)
