"""The text of a manifest, with what has to be known of it in front."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from genaiops.errors import InputError
from genaiops.rollout.manifests.argo import argo
from genaiops.rollout.manifests.flagger import flagger
from genaiops.rollout.manifests.nginx import nginx
from genaiops.rollout.manifests.place import Place, percent_at
from genaiops.rollout.manifests.splits import Manifest, gateway_api, ingress_nginx, kserve
from genaiops.specs.dump import dump_yaml
from genaiops.specs.rollout import RolloutSpec

Target = Literal["argo", "flagger", "gateway-api", "kserve", "ingress-nginx", "nginx"]
_Split = Callable[[Place, float], Manifest]
_SPLITS: Mapping[Target, _Split] = {
    "gateway-api": gateway_api,
    "kserve": kserve,
    "ingress-nginx": ingress_nginx,
}
TARGETS: Mapping[Target, Sequence[str]] = {
    "argo": (
        "Argo follows the rollout of genaiops: each analysis waits until a step of it is over.",
        "A rollback aborts; where nothing is decided by the end of max_time it pauses.",
        "The token that asks for the verdict is the key `token` of the secret genaiops-token.",
        "Traffic is split by the HTTPRoute of --target gateway-api and Argo's plugin for it.",
        "In shadow the candidate runs with one replica, and genaiops asks it.",
    ),
    "flagger": (
        "Flagger goes back by itself once the rollout of genaiops is rolled back, as Prometheus",
        "tells it. It never goes beyond the weight of this step: its hooks ask without a token,",
        "are refused, and so hold it. Other candidates come in by the file of the first step.",
    ),
    "gateway-api": ("Requests are split, not users: only the first request of a user is counted.",),
    "kserve": (
        "A merge patch: kubectl patch --type merge --patch-file FILE inferenceservice NAME",
        "The candidate is the newest revision; at promotion the percent is 100, at rollback 0.",
    ),
    "ingress-nginx": (
        "Stands beside the Ingress of stable. Requests are split, not users.",
        "The controller is no longer maintained: prefer --target gateway-api.",
    ),
    "nginx": ("A file for conf.d. A user is the header X-Genaiops-User, or the address.",),
}
"""What splits traffic, and what its files have to say of themselves."""


def written_manifest(target: Target, spec: RolloutSpec, place: Place, step: int) -> str:
    """The file of a target; of one step, where the target does not know of steps.

    Raises:
        InputError: the target cannot do what a step says, or there is no such step.
    """
    if target == "argo":
        return _commented(TARGETS[target], *(dump_yaml(each) for each in argo(spec, place)))
    percent = percent_at(spec, step)
    if spec.is_shadowed and step == 1:
        raise InputError(
            f"{target} drops what the candidate answers in shadow, so that nothing can be proven "
            "by it: let genaiops serve shadow, or begin with --step 2"
        )
    lead = (_step_text(spec, place, step), *TARGETS[target])
    if target == "flagger":
        return _commented(lead, *(dump_yaml(each) for each in flagger(spec, place, step)))
    if target == "nginx":
        return _commented(lead, nginx(place, percent))
    return _commented(lead, dump_yaml(_SPLITS[target](place, percent)))


def _step_text(spec: RolloutSpec, place: Place, step: int) -> str:
    if step == 0:
        return f"{place.service} before its first step, or rolled back"
    if step > len(spec.steps):
        return f"{place.service} promoted"
    return f"{place.service}, step {step} of {len(spec.steps)}; write it anew for the next"


def _commented(lead: Sequence[str], *documents: str) -> str:
    comments = "".join(f"# {line}\n" for line in lead)
    return comments + "---\n".join(documents)
