"""Manifests as they are written.

Argo's, Flagger's, gateway-api's and kserve's were held against the published schemas of their
objects, with unknown keys refused, and nginx's against `nginx -t`.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from genaiops.errors import InputError
from genaiops.records.rollout_verdicts import RolloutVerdict, RolloutWord
from genaiops.rollout.manifests import TARGETS, Place, Target, written_manifest
from genaiops.specs.load import parse_yaml
from genaiops.specs.rollout import RolloutSpec
from tests.rollout.build import spec_of

GOLDEN = Path(__file__).parents[1] / "golden" / "manifests"
PLACE = Place(
    rollout="assistant",
    service="assistant",
    salt="assistant-1",
    namespace="answers",
    port=8000,
    host="assistant.example",
    verdict_url="http://genaiops:8080/v1/rollouts/assistant",
    prometheus_url="http://prometheus:9090",
)
RAMP = spec_of(steps=[{"shadow": "until_verdict"}, 5, 50], max_time="1d")
STEPPED = [target for target in TARGETS if target != "argo"]


@pytest.mark.parametrize("target", TARGETS)
def test_a_manifest_is_written_as_before(
    target: Target, golden: Callable[[Path, str], None]
) -> None:
    suffix = "conf" if target == "nginx" else "yaml"
    golden(GOLDEN / f"{target}.{suffix}", written_manifest(target, RAMP, PLACE, 2))


def weights(target: Target, spec: RolloutSpec, step: int) -> str:
    return written_manifest(target, spec, PLACE, step)


def test_before_the_first_step_all_go_to_stable_and_after_the_last_to_the_candidate() -> None:
    assert "    *  assistant-stable;\n}" in weights("nginx", RAMP, 0)
    assert "    *  assistant-candidate;\n}" in weights("nginx", RAMP, 4)
    assert "canaryTrafficPercent: 0\n" in weights("kserve", RAMP, 0)
    assert "canaryTrafficPercent: 100\n" in weights("kserve", RAMP, 4)
    assert "weight: 1000\n    - name: assistant-candidate\n" in weights("gateway-api", RAMP, 0)


@pytest.mark.parametrize(
    ("target", "step"), [("gateway-api", 0.04), ("ingress-nginx", 33.33), ("nginx", 0.125)]
)
def test_a_share_that_a_target_would_round_is_refused(target: Target, step: float) -> None:
    with pytest.raises(InputError, match=f"{target} splits by .*, and a step has {step}%"):
        weights(target, spec_of(steps=[step]), 1)


def test_half_a_percent_is_one_where_a_target_can_say_it() -> None:
    spec = spec_of(steps=[0.5, 5])
    assert "    0.5%  assistant-candidate;\n" in weights("nginx", spec, 1)
    assert "weight: 995\n" in weights("gateway-api", spec, 1)
    assert "canary-weight: '5'\n" in weights("ingress-nginx", spec, 1)
    for target in ("argo", "flagger", "kserve"):
        with pytest.raises(
            InputError, match=f"{target} splits by steps of 1%, and a step has 0.5%"
        ):
            weights(target, spec, 1)


@pytest.mark.parametrize("target", STEPPED)
def test_what_drops_answers_cannot_prove_in_shadow(target: Target) -> None:
    with pytest.raises(InputError, match="drops what the candidate answers in shadow"):
        weights(target, RAMP, 1)


@pytest.mark.parametrize("step", [-1, 5])
def test_a_step_that_is_not_there_is_told(step: int) -> None:
    with pytest.raises(InputError, match="0 is before the first, 4 is promoted"):
        weights("nginx", RAMP, step)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"service": "An_Assistant"}, "service 'An_Assistant' is no name of a cluster"),
        ({"namespace": "a\nb"}, "is no name of a cluster"),
        ({"host": "a b; }"}, "is no name of a host"),
        ({"verdict_url": "file:///etc/passwd"}, "verdict URL"),
        ({"verdict_url": 'http://a/"x'}, "verdict URL"),
        ({"prometheus_url": "prometheus:9090"}, "Prometheus URL 'prometheus:9090' is none"),
    ],
    ids=str,
)
def test_a_name_that_could_be_more_than_a_name_is_refused(
    changed: dict[str, str], told: str
) -> None:
    with pytest.raises(InputError, match=told):
        replace(PLACE, **changed)


def test_every_analysis_of_argo_says_what_passes_what_fails_and_when_it_ends() -> None:
    analysis = written_manifest("argo", RAMP, PLACE, 1).partition("---\n")[0]
    value: Any = parse_yaml(analysis, "analysis").value
    metric = value["spec"]["metrics"][0]
    assert metric["count"] * 30 == 24 * 3600
    assert metric["inconclusiveLimit"] == metric["count"]
    assert metric["failureLimit"] == 0
    assert metric["failureCondition"] == 'result.word == "rolled_back"'
    words = set(re.findall(r'"(\w+)"', metric["successCondition"] + metric["failureCondition"]))
    assert words <= set(get_args(RolloutWord))
    assert {"word", "step"} <= set(RolloutVerdict.model_fields)
