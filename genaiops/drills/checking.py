"""What is wrong with the results of a run: one for each case, each with its own answer."""

from collections import Counter
from collections.abc import Sequence

from genaiops.store import StoredResult


def questions_of(cases: int) -> list[str]:
    """As many different questions; the case of each is named by its place."""
    return [f"What is {number}?" for number in range(cases)]


def expected_answer(question: str) -> str:
    """What the server answers."""
    return f"You said: {question}"


def wrong_results(results: Sequence[StoredResult], questions: Sequence[str]) -> list[str]:
    """Sentences about cases that are lost, doubled, or have the answer to another question."""
    counts = Counter(stored.case.id for stored in results)
    found = {
        "lost": [f"{number}" for number in range(len(questions)) if not counts[f"{number}"]],
        "there twice": [case_id for case_id, count in counts.items() if count > 1],
        "answered wrongly": [each.case.id for each in results if _is_wrong(each, questions)],
    }
    return [
        f"{len(ids)} cases are {what}, such as case {ids[0]}" for what, ids in found.items() if ids
    ]


def _is_wrong(stored: StoredResult, questions: Sequence[str]) -> bool:
    outputs = stored.result.outputs
    expected = {"answer": expected_answer(questions[int(stored.case.id)])}
    return outputs is not None and outputs != expected
