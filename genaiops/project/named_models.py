"""A model that the command line names by its provider, such as `openai:gpt-4o-mini`."""

from collections.abc import Collection, Mapping
from difflib import get_close_matches

from pydantic import JsonValue

from genaiops.errors import InputError, suggest
from genaiops.models.address import is_address, is_loopback
from genaiops.models.known_prices import known_price
from genaiops.models.weights import WeightsCatalog
from genaiops.specs.catalog import ModelSpec, OpenAIModel

OPENAI_URL = "https://api.openai.com/v1"
PROVIDERS = ("openai", "local", "langchain", "extractive")
_KEY, _URLS = "OPENAI_API_KEY", ("OPENAI_BASE_URL", "OPENAI_API_BASE")


def entry_of(
    name: str,
    environment: Mapping[str, str],
    catalog: Collection[str] = (),
    *,
    option: str = "-m",
) -> dict[str, JsonValue]:
    """What a catalog file would say for `provider:name`.

    `openai` asks the endpoint that OPENAI_BASE_URL names, with the key of OPENAI_API_KEY; a local
    endpoint may do without a key. `catalog` has the names that could have been meant, and
    `option` is where the name was said.

    Raises:
        InputError: there is no provider, an unknown one, or no such weights.
    """
    provider, colon, model = name.partition(":")
    if provider == "extractive" and not colon:
        return {"provider": "extractive"}
    if provider not in PROVIDERS or not model:
        raise InputError(f"{option}{_refused(name, provider, environment, catalog)}")
    match provider:
        case "openai":
            return _openai(model, environment)
        case "local":
            weights = WeightsCatalog.load(environment)
            weights.entry(model)
            return {"provider": "local", "weights": model}
        case _:
            return {"provider": "langchain", "model": model}


def trusted_by_name(models: Mapping[str, ModelSpec], filed: Mapping[str, str]) -> frozenset[str]:
    """Those whose provider tells where they are; `filed` is what a file of the project says."""
    is_led = any(filed.get(name) for name in _URLS)
    return frozenset(
        name for name, entry in models.items() if not (is_led and isinstance(entry, OpenAIModel))
    )


def _openai(model: str, environment: Mapping[str, str]) -> dict[str, JsonValue]:
    said = next((name for name in _URLS if environment.get(name)), None)
    url = environment[said] if said else OPENAI_URL
    if said and not is_address(url):
        raise InputError(f"{said} must be like https://host/v1, without a name or key in it")
    entry: dict[str, JsonValue] = {"provider": "openai", "model": model, "base_url": url}
    if environment.get(_KEY) or not is_loopback(url):
        entry["api_key"] = f"${{env:{_KEY}}}"
    price = known_price(model, url)
    return entry if price is None else {**entry, "price": price.model_dump(mode="json")}


def _refused(
    name: str, provider: str, environment: Mapping[str, str], catalog: Collection[str]
) -> str:
    if ":" not in name and get_close_matches(name, catalog):
        return f": unknown model {name!r}{suggest(name, catalog)}"
    if name in {status.name for status in WeightsCatalog.load(environment).list()}:
        return f" {name}: write its provider too: local:{name}"
    known = ""
    if ":" not in name:
        known = suggest("", catalog) if catalog else ""
    elif provider not in PROVIDERS:
        known = suggest(provider, PROVIDERS)
    return (
        f" {name}: write PROVIDER:NAME, such as openai:gpt-4o-mini, local:smollm2-135m or "
        f"langchain:anthropic:NAME, or a model of catalog.yaml{known}"
    )
