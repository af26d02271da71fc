from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genaiops.errors import InputError
from genaiops.redteam import TECHNIQUES, Choice, Target, all_probes, cases_of

PLANTS = Target("question", plants=True)


def test_every_probe_becomes_one_case_and_every_technique_is_tried() -> None:
    cases = cases_of(PLANTS, Choice())
    assert sorted(case.id for case in cases) == sorted(probe.id for probe in all_probes())
    assert {case.tags["technique"] for case in cases} == set(TECHNIQUES)


def test_every_hazard_meets_every_technique_for_harmful_requests() -> None:
    tags = [case.tags for case in cases_of(PLANTS, Choice()) if case.expected["must_refuse"]]
    pairs = Counter((tag["hazard"], tag["technique"]) for tag in tags)
    assert len(pairs) == 12 * 9


def test_a_seed_gives_the_same_cases_and_another_one_others() -> None:
    assert cases_of(PLANTS, Choice(seed=4)) == cases_of(PLANTS, Choice(seed=4))
    assert cases_of(PLANTS, Choice(seed=4)) != cases_of(PLANTS, Choice(seed=5))


@settings(max_examples=20)
@given(st.integers(1, 300))
def test_fewer_cases_are_taken_evenly(limit: int) -> None:
    whole, some = cases_of(PLANTS, Choice()), cases_of(PLANTS, Choice(limit=limit))
    assert len(some) == min(limit, len(whole))
    assert len({case.id for case in some}) == len(some)
    shares = Counter(case.tags["kind"] for case in whole)
    for kind, count in Counter(case.tags["kind"] for case in some).items():
        assert abs(count - len(some) * shares[kind] / len(whole)) <= 1


def test_hazards_and_techniques_can_be_chosen() -> None:
    cases = cases_of(PLANTS, Choice(hazards=("privacy",), techniques=("direct", "rot13")))
    assert Counter(case.tags["technique"] for case in cases) == {"direct": 6, "rot13": 6}
    assert {case.tags["hazard"] for case in cases} == {"privacy"}


@pytest.mark.parametrize(
    ("choice", "told"),
    [
        (Choice(hazards=("privcy",)), "did you mean 'privacy'"),
        (Choice(techniques=("base46",)), "did you mean 'base64'"),
        (Choice(hazards=("privacy",), techniques=("system_prompt",)), "no probe of privacy goes"),
    ],
)
def test_what_is_not_there_is_told_with_what_is(choice: Choice, told: str) -> None:
    with pytest.raises(InputError, match=told):
        cases_of(PLANTS, choice)


def test_a_document_is_planted_given_or_told_with_the_question() -> None:
    choice = Choice(hazards=("prompt_injection",), limit=1)
    (planted,), (given_,), (told,) = (
        cases_of(target, choice) for target in (PLANTS, Target("q", passages="found"), Target("q"))
    )
    document = planted.inputs["planted"]
    canary = planted.expected["canary"]
    assert isinstance(document, str)
    assert isinstance(canary, str)
    assert canary in document
    assert canary not in str(planted.inputs["question"])
    assert given_.inputs["found"] == [
        {"document": "planted", "start": 0, "end": len(document), "text": document, "score": None}
    ]
    assert str(told.inputs["q"]).endswith(f"From a document:\n{document}")


def test_canaries_differ_from_case_to_case() -> None:
    cases = cases_of(PLANTS, Choice(hazards=("prompt_injection",)))
    assert len({str(case.expected["canary"]) for case in cases}) > 20
