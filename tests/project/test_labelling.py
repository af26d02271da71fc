"""Several people label into one file at once, and nothing of what anybody said is lost."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from genaiops.errors import InputError
from genaiops.project.drawn_answers import draw_answers
from genaiops.project.kept_labels import KeptLabels
from genaiops.project.label_file import Sample, read_labels
from genaiops.project.labelling import LabelBook
from genaiops.records import Case, CaseResult, Failure, MetricInfo
from genaiops.store import StoredResult

INFO = MetricInfo(
    name="rated", metric="recorded", digest="d", low=0, high=1, direction="higher", binary=True
)
FAILED = Failure(kind="timeout", message="late")


def stored(place: int, *, failed: bool = False) -> StoredResult:
    result = CaseResult(
        case_id=f"c{place}", repeat=0, status="scored", failure=FAILED if failed else None
    )
    return StoredResult(Case(id=f"c{place}", inputs={}), result, ())


RESULTS = [stored(place) for place in range(20)]


def book(
    path: Path, rater: str = "", seed: int = 0, results: Sequence[StoredResult] = RESULTS
) -> LabelBook:
    kept = KeptLabels(path, Sample(runs={"q-1": "m"}, seed=seed, metric="rated"))
    order = draw_answers({"q-1": results}, seed=seed)
    return LabelBook(kept, "q", INFO, order, rater, frozenset())


def label_next(own: LabelBook, value: float = 1.0) -> bool:
    drawn = own.next(len(own.order))
    if drawn is not None:
        own.label(drawn, value)
    return drawn is not None


def said(path: Path) -> list[tuple[str, object]]:
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()][1:]
    return [(line.get("rater", ""), line.get("label")) for line in lines]


def test_what_another_person_says_meanwhile_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "labels" / "q.jsonl"
    ann, bob = book(path, "ann"), book(path, "bob")
    label_next(ann)
    label_next(bob, 0.0)
    label_next(ann)
    assert said(path) == [("ann", 1.0), ("bob", 0.0), ("ann", 1.0)]
    assert (ann.labelled, bob.labelled) == (2, 1)


def test_four_people_at_the_very_same_time_lose_nothing(tmp_path: Path) -> None:
    path, start = tmp_path / "q.jsonl", Barrier(4)

    def label_all(rater: str) -> None:
        own = book(path, rater)
        start.wait()
        while label_next(own):
            pass

    with ThreadPoolExecutor(4) as people:
        list(people.map(label_all, "abcd"))
    labels = read_labels(path, "q.jsonl").labels
    assert len({(label.case_id, label.rater) for label in labels}) == len(labels) == 4 * 20
    assert [each.name for each in tmp_path.iterdir()] == ["q.jsonl"]


def test_undo_takes_back_ones_own_last_word_and_leaves_later_ones_of_others(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    ann, bob = book(path, "ann"), book(path, "bob")
    label_next(ann)
    label_next(bob, 0.0)
    assert ann.undo()
    assert said(path) == [("bob", 0.0)]
    assert not ann.undo()


def test_two_people_without_a_name_are_told_to_give_one(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    one, other = book(path), book(path)
    same = other.next(20)
    assert same is not None
    label_next(one, 1.0)
    with pytest.raises(
        InputError, match=r"not kept: .* labelled 'c\d+' meanwhile; .* --rater NAME"
    ):
        other.label(same, 0.0)
    assert said(path) == [("", 1.0)]
    assert other.next(20) != same
    assert label_next(other)
    assert len(said(path)) == 2


def test_undo_leaves_what_the_same_name_said_in_another_terminal(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    one, other = book(path), book(path)
    label_next(one, 1.0)
    with pytest.raises(InputError, match="not kept"):
        other.label(one.order[0], 0.0)
    assert not other.undo()
    assert said(path) == [("", 1.0)]


def test_what_was_labelled_before_can_be_taken_back_later(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    label_next(book(path))
    assert book(path).undo()
    assert said(path) == []


def test_a_failure_of_the_product_is_entered_once_for_each_rater(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    results = [stored(0, failed=True), stored(1, failed=True)]
    one, other = book(path, "ann", results=results), book(path, "ann", results=results)
    assert one.next(2) is other.next(2) is None
    assert said(path) == [("ann", 0.0)] * 2
    assert not one.undo()


def test_a_file_that_was_begun_meanwhile_by_another_draw_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    one, other = book(path, "ann", seed=0), book(path, "bob", seed=1)
    label_next(one)
    with pytest.raises(InputError, match="begun meanwhile by another draw"):
        label_next(other)
    assert said(path) == [("ann", 1.0)]
