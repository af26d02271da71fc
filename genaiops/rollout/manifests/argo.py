"""Argo Rollouts: a step of ours is a weight, and an analysis that waits until it is done."""

from math import ceil

from pydantic import JsonValue

from genaiops.rollout.manifests.place import Place, percent_at, share_in
from genaiops.specs.durations import duration_s
from genaiops.specs.rollout import RolloutSpec, ShadowStep

_EVERY_S = 30
_LOST_LOOKS = 10
_KEPT_IN = "genaiops-token"
_GROUP = "argoproj.io/v1alpha1"


def argo(spec: RolloutSpec, place: Place) -> list[JsonValue]:
    """A Rollout around a Deployment that is there, and the analysis of its steps.

    A verdict that neither goes on nor rolls back lets the analysis go on; when the time of the
    rollout is over it ends inconclusive, and Argo pauses: a person decides.
    """
    template = f"{place.service}-verdict"
    steps: list[JsonValue] = []
    for number in range(1, len(spec.steps) + 1):
        steps += _step(spec, number, template)
    rollout: JsonValue = {
        "apiVersion": _GROUP,
        "kind": "Rollout",
        "metadata": {"name": place.service, "namespace": place.namespace},
        "spec": {
            "workloadRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": place.service},
            "strategy": {
                "canary": {
                    "stableService": place.stable,
                    "canaryService": place.candidate,
                    "abortScaleDownDelaySeconds": 600,
                    "trafficRouting": {
                        "plugins": {
                            "argoproj-labs/gatewayAPI": {
                                "httpRoute": place.service,
                                "namespace": place.namespace,
                            }
                        }
                    },
                    "steps": steps,
                }
            },
        },
    }
    return [_analysis(spec, place, template), rollout]


def _step(spec: RolloutSpec, number: int, template: str) -> list[JsonValue]:
    is_last = number == len(spec.steps)
    waiting: JsonValue = {
        "analysis": {
            "templates": [{"templateName": template}],
            "args": [{"name": "past", "value": str(number if not is_last else number + 1)}],
        }
    }
    if isinstance(spec.steps[number - 1], ShadowStep):
        return [{"setCanaryScale": {"replicas": 1}}, waiting]
    scale: list[JsonValue] = []
    if number == 2 and spec.is_shadowed:
        scale = [{"setCanaryScale": {"matchTrafficWeight": True}}]
    return [*scale, {"setWeight": share_in("argo", percent_at(spec, number), 100)}, waiting]


def _analysis(spec: RolloutSpec, place: Place, template: str) -> JsonValue:
    looks = ceil(duration_s(spec.max_time) / _EVERY_S)
    metric: JsonValue = {
        "name": "verdict",
        "interval": f"{_EVERY_S}s",
        "count": looks,
        "successCondition": 'result.word == "promoted" || '
        '(result.word != "rolled_back" && result.step > {{args.past}})',
        "failureCondition": 'result.word == "rolled_back"',
        "failureLimit": 0,
        "inconclusiveLimit": looks,
        "consecutiveSuccessLimit": 1,
        "consecutiveErrorLimit": _LOST_LOOKS,
        "provider": {
            "web": {
                "url": place.verdict_url,
                "headers": [{"key": "Authorization", "value": "Bearer {{args.token}}"}],
                "timeoutSeconds": 10,
            }
        },
    }
    secret: dict[str, JsonValue] = {
        "valueFrom": {"secretKeyRef": {"name": _KEPT_IN, "key": "token"}}
    }
    return {
        "apiVersion": _GROUP,
        "kind": "AnalysisTemplate",
        "metadata": {"name": template, "namespace": place.namespace},
        "spec": {"args": [{"name": "past"}, {"name": "token", **secret}], "metrics": [metric]},
    }
