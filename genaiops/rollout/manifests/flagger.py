"""Flagger: a Canary that goes to the weight of one step, holds there, and goes back by itself.

Source: Flagger 1.44, pkg/controller/scheduler.go, scheduler_hooks.go and webhook.go.
"""

import re

from pydantic import JsonValue

from genaiops.errors import InputError
from genaiops.rollout.manifests.place import Place, percent_at, share_in
from genaiops.specs.rollout import RolloutSpec

_GROUP = "flagger.app/v1beta1"
_EVERY_S = 30
_LOST_LOOKS = 4
_PLAIN = re.compile(r"[A-Za-z0-9._-]+")


def flagger(spec: RolloutSpec, place: Place, step: int) -> list[JsonValue]:
    """The Canary of one step, and the metric that fails once the rollout is rolled back.

    Three hooks ask without a token and so are always refused, which holds and counts as no failure:
    what is on its way waits for the file of the next step, and no other candidate comes in by it.

    Raises:
        InputError: the name of the rollout could be more than a name, or a step has a share that
            is not of whole percent.
    """
    if not _PLAIN.fullmatch(place.rollout):
        told = f"rollout {place.rollout!r} cannot be asked for in PromQL: call its file by a-z, 0-9"
        raise InputError(f"{told}, . _ and -")
    first = 2 if spec.is_shadowed else 1
    last = max(first, min(step, len(spec.steps)))
    weights = [share_in("flagger", percent_at(spec, each), 100) for each in range(first, last + 1)]
    refused = [] if step == first else ["confirm-rollout", "pre-rollout"]
    refused += [] if step > len(spec.steps) else ["confirm-promotion"]
    return [_metric(place, is_back=step == 0), _canary(place, weights, refused, is_back=step == 0)]


def _metric(place: Place, *, is_back: bool) -> JsonValue:
    name = place.rollout.replace(".", "[.]")
    state = f'genaiops_rollout_state{{rollout=~"{name}-[0-9]+",state="rolled_back"}}'
    return {
        "apiVersion": _GROUP,
        "kind": "MetricTemplate",
        "metadata": {"name": _verdict(place), "namespace": place.namespace},
        "spec": {
            "provider": {"type": "prometheus", "address": place.prometheus_url},
            "query": "vector(1)" if is_back else f"max({state}) or vector(0)",
        },
    }


def _canary(
    place: Place, weights: list[int], refused: list[str], *, is_back: bool
) -> dict[str, JsonValue]:
    verdict: JsonValue = {
        "name": "rolled-back",
        "interval": f"{_EVERY_S}s",
        "thresholdRange": {"max": 0},
        "templateRef": {"name": _verdict(place)},
    }
    hooks: list[JsonValue] = [
        {"name": f"no-{each}", "type": each, "url": place.verdict_url, "muteAlert": True}
        for each in refused
    ]
    return {
        "apiVersion": _GROUP,
        "kind": "Canary",
        "metadata": {"name": place.service, "namespace": place.namespace},
        "spec": {
            "provider": "gatewayapi:v1",
            "targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": place.service},
            "service": {
                "port": place.port,
                "hosts": [place.host],
                "gatewayRefs": [{"name": "genaiops"}],
            },
            "analysis": {
                "interval": f"{_EVERY_S}s",
                "threshold": 1 if is_back else _LOST_LOOKS,
                "stepWeights": list[JsonValue](weights),
                "metrics": [verdict],
                "webhooks": hooks,
            },
        },
    }


def _verdict(place: Place) -> str:
    return f"{place.service}-verdict"
