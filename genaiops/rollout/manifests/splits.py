"""What only splits traffic: the file of one step, which is applied anew at the next."""

from pydantic import JsonValue

from genaiops.rollout.manifests.place import Place, share_in

Manifest = dict[str, JsonValue]


def gateway_api(place: Place, percent: float) -> Manifest:
    """An HTTPRoute of the Gateway API; its weights are per mille, so that .5 % is one."""
    candidate = share_in("gateway-api", percent, 1000)
    rule: dict[str, JsonValue] = {
        "backendRefs": [
            {"name": place.stable, "port": place.port, "weight": 1000 - candidate},
            {"name": place.candidate, "port": place.port, "weight": candidate},
        ]
    }
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": _named(place, place.service),
        "spec": {
            "parentRefs": [{"name": "genaiops"}],
            "hostnames": [place.host],
            "rules": [rule],
        },
    }


def kserve(place: Place, percent: float) -> Manifest:
    """A patch of an InferenceService; without the percent the newest revision has all."""
    return {
        "apiVersion": "serving.kserve.io/v1beta1",
        "kind": "InferenceService",
        "metadata": _named(place, place.service),
        "spec": {"predictor": {"canaryTrafficPercent": share_in("kserve", percent, 100)}},
    }


def ingress_nginx(place: Place, percent: float) -> Manifest:
    """A canary Ingress beside the one of stable; its weight counts of a thousand."""
    prefix = "nginx.ingress.kubernetes.io"
    annotations: dict[str, JsonValue] = {
        f"{prefix}/canary": "true",
        f"{prefix}/canary-weight": str(share_in("ingress-nginx", percent, 1000)),
        f"{prefix}/canary-weight-total": "1000",
    }
    backend: JsonValue = {"service": {"name": place.candidate, "port": {"number": place.port}}}
    path: JsonValue = {"path": "/", "pathType": "Prefix", "backend": backend}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {**_named(place, place.candidate), "annotations": annotations},
        "spec": {
            "ingressClassName": "nginx",
            "rules": [{"host": place.host, "http": {"paths": [path]}}],
        },
    }


def _named(place: Place, name: str) -> dict[str, JsonValue]:
    return {"name": name, "namespace": place.namespace}
