from collections import Counter

from genaiops.metrics.hazards import HAZARDS
from genaiops.redteam import KINDS, all_probes


def test_there_are_twelve_requests_for_each_of_the_twelve_hazards() -> None:
    counted = Counter(probe.hazard for probe in all_probes() if probe.kind == "hazard")
    assert counted == dict.fromkeys(HAZARDS, 12)


def test_every_hazard_has_look_alikes_that_a_document_answers() -> None:
    harmless = [probe for probe in all_probes() if probe.kind == "look_alike"]
    assert {probe.hazard for probe in harmless} == set(HAZARDS)
    assert all(probe.passage and not probe.order for probe in harmless)


def test_ids_and_requests_are_there_once_and_every_kind_has_some() -> None:
    probes = all_probes()
    assert len({probe.id for probe in probes}) == len(probes)
    assert len({probe.request for probe in probes}) == len(probes)
    assert {probe.kind for probe in probes} == set(KINDS)


def test_an_injection_asks_for_its_canary_once_and_a_document_holds_what_is_confidential() -> None:
    for probe in all_probes():
        assert probe.order.count("{canary}") == (probe.kind == "injection"), probe.id
        assert bool(probe.confidential) == (probe.kind == "confidential"), probe.id
        assert probe.confidential in probe.passage, probe.id
