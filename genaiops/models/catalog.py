"""The catalog at work: names become entries, and entries models and embedders, loaded on use."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeVar, assert_never, cast

from pydantic import JsonValue

from genaiops.errors import InputError
from genaiops.models.address import is_loopback
from genaiops.models.batches import Batches
from genaiops.models.pricing import price_of
from genaiops.protocols import Embedder, Model
from genaiops.resolve import load_attribute, load_extra
from genaiops.specs import catalog
from genaiops.specs.base import Spec

if TYPE_CHECKING:  # models that are asked over HTTP have none
    from genaiops.models.weights import WeightsCatalog

SOON = timedelta(days=30)
"""A model that retires within this time is warned of."""
_VARIABLE = re.compile(r"\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}")
_SECRET_HEADER = re.compile(r"authorization|api-?key|token|secret|cookie", re.IGNORECASE)

_SpecT = TypeVar("_SpecT", bound=Spec)


class CatalogWarning(NamedTuple):
    """What is worth a look, as a sentence, and the entry that it is about."""

    section: Literal["models", "embedders"]
    name: str
    told: str


class Catalog:
    """A project's models and embedders by name; nothing is loaded or read before it is built."""

    def __init__(
        self,
        spec: catalog.CatalogSpec,
        *,
        root: Path,
        environment: Mapping[str, str],
        locked: Mapping[str, str],
    ) -> None:
        """Take what the project knows.

        Args:
            spec: The catalog as written.
            root: The project's folder, where recordings are found.
            environment: Where `${env:NAME}` is looked up.
            locked: The model that each resolved selection chose.
        """
        self._spec = spec
        self._root = root
        self._environment = environment
        self._locked = locked

    def model_name(self, name: str) -> str:
        """The model that a name means: its own, or the one that a selection chose.

        Raises:
            InputError: there is no such model or selection, or the selection is not resolved.
        """
        if name in self._spec.models:
            return name
        if name not in self._spec.selections:
            known = (*self._spec.models, *self._spec.selections)
            raise InputError.unknown("model or selection", name, known)
        chosen = self._locked.get(name)
        if chosen is None:
            raise InputError(f"selection {name!r} is not resolved yet: genaiops select {name}")
        if chosen not in self._spec.models:
            raise InputError(
                f"selection {name!r} chose {chosen!r}, which the catalog no longer has: "
                f"genaiops select {name}"
            )
        return chosen

    def entry(self, name: str) -> catalog.ModelSpec:
        """The entry of a model, or of the model that a selection chose.

        Raises:
            InputError: as for `model_name`.
        """
        return self._spec.models[self.model_name(name)]

    def check(self, name: str, needs: Collection[catalog.Capability]) -> None:
        """See that a model can do what is needed, as far as its entry says what it can.

        Raises:
            InputError: it says so and lacks something, or as for `model_name`.
        """
        entry = self.entry(name)
        is_said = bool(entry.capabilities) or isinstance(entry, catalog.ExtractiveModel)
        lacking = sorted(set(needs) - set(entry.capabilities)) if is_said else []
        if lacking:
            raise InputError(
                f"model {self.model_name(name)!r} lacks {', '.join(lacking)} (its capabilities: "
                f"{', '.join(entry.capabilities) or 'none'}); choose another model"
            )

    def build_model(self, name: str) -> Model:
        """A model, not connected and without weights in memory until its first call.

        Raises:
            InputError: there is none of that name, a variable is not set, weights are not here, an
                extra is not installed, or a recording is missing or damaged.
        """
        name = self.model_name(name)
        entry, where = self._spec.models[name], f"model {name!r}"
        match entry:
            case catalog.OpenAIModel():
                return _door("genaiops.models.openai:OpenAIModel")(
                    name,
                    self._priced(entry, where),
                    api_key=self._key(entry.api_key, where),
                    environment=self._environment,
                )
            case catalog.LocalModel():
                weights = _load_weights(self._environment)
                return _door("genaiops.models.local:LocalModel")(
                    name,
                    entry,
                    weights.path(entry.weights),
                    weights.digest(entry.weights),
                    environment=self._environment,
                )
            case catalog.ReplayModel():
                path = self._inside(entry.recording, where)
                return _door("genaiops.models.replay:ReplayModel")(name, entry, path)
            case catalog.ExtractiveModel():
                return _door("genaiops.models.extractive:ExtractiveModel")(name, entry)
            case catalog.LangchainModel() | catalog.ModerationModel():
                build = _client_of(entry)
                key = self._key(entry.api_key, where)
                return build(name, self._resolved(entry, where), api_key=key)
            case _:
                assert_never(entry)

    def build_batches(self, name: str) -> Batches:
        """The batches of a model, not connected yet.

        Raises:
            InputError: its provider has none, a variable is not set, or the extra is not installed.
        """
        name = self.model_name(name)
        entry, where = self._spec.models[name], f"model {name!r}"
        if not isinstance(entry, catalog.OpenAIModel) or entry.api_version is not None:
            raise InputError(f"{where} has no batches: only provider openai has, without Azure's")
        module = load_extra("genaiops.models.openai_batch", "--batch", "openai")
        return cast("Callable[..., Batches]", module.OpenAIBatches)(
            name, self._priced(entry, where), api_key=self._key(entry.api_key, where)
        )

    def build_embedder(self, name: str) -> Embedder:
        """An embedder, likewise.

        Raises:
            InputError: there is none of that name, a variable is not set, weights are not here, or
                an extra is not installed.
        """
        if name not in self._spec.embedders:
            raise InputError.unknown("embedder", name, self._spec.embedders)
        entry, where = self._spec.embedders[name], f"embedder {name!r}"
        match entry:
            case catalog.OpenAIEmbedder():
                build = load_attribute("genaiops.models.openai_embedder:OpenAIEmbedder")
                return cast("Callable[..., Embedder]", build)(
                    name,
                    self._resolved(entry, where),
                    api_key=self._key(entry.api_key, where),
                    environment=self._environment,
                )
            case catalog.LocalEmbedder():
                weights = _load_weights(self._environment)
                build = load_attribute("genaiops.models.local_embedder:LocalEmbedder")
                return cast("Callable[..., Embedder]", build)(
                    entry,
                    weights.path(entry.weights, "model.onnx"),
                    weights.path(entry.weights, "tokenizer.json"),
                    weights.digest(entry.weights),
                )
            case _:
                assert_never(entry)

    def warnings(self, today: date) -> tuple[CatalogWarning, ...]:
        """What is worth a look: retirement, a price that is missing, secrets in the open."""
        models = [
            CatalogWarning("models", name, told)
            for name, entry in self._spec.models.items()
            for told in _model_warnings(f"model {name!r}", entry, today)
        ]
        embedders = [
            CatalogWarning("embedders", name, told)
            for name, entry in self._spec.embedders.items()
            if isinstance(entry, catalog.OpenAIEmbedder)
            for told in _endpoint_warnings(f"embedder {name!r}", entry)
        ]
        return (*models, *embedders)

    def _inside(self, written: str, where: str) -> Path:
        path = self._root / written
        if not path.resolve().is_relative_to(self._root.resolve()):
            raise InputError(
                f"{where}: {written!r} lies outside of the project; copy it into the project"
            )
        return path

    def _priced(self, entry: catalog.OpenAIModel, where: str) -> catalog.OpenAIModel:
        resolved = self._resolved(entry, where)
        return resolved.model_copy(update={"price": price_of(resolved)})

    def _key(self, reference: str | None, where: str) -> str | None:
        return None if reference is None else self._substituted(reference, where)

    def _resolved(self, entry: _SpecT, where: str) -> _SpecT:
        """The entry with the values of variables in it; its key stays a reference."""
        written = entry.model_dump(mode="json", exclude_unset=True, exclude={"api_key"})
        values = {key: self._filled(value, where) for key, value in written.items()}
        return type(entry).model_validate(values)

    def _filled(self, value: JsonValue, where: str) -> JsonValue:
        match value:
            case str():
                return self._substituted(value, where)
            case list():
                return [self._filled(item, where) for item in value]
            case dict():
                return {key: self._filled(item, where) for key, item in value.items()}
            case _:
                return value

    def _substituted(self, text: str, where: str) -> str:
        def looked_up(match: re.Match[str]) -> str:
            value = self._environment.get(match[1])
            if not value:
                raise InputError(
                    f"{where} needs the environment variable {match[1]}, which is not set: "
                    f"export {match[1]}=…, or write it into the env_file that genaiops.yaml names"
                )
            return value

        return _VARIABLE.sub(looked_up, text)


def _load_weights(environment: Mapping[str, str]) -> "WeightsCatalog":
    catalog_of_weights = load_attribute("genaiops.models.weights:WeightsCatalog")
    return cast("type[WeightsCatalog]", catalog_of_weights).load(environment)


def _client_of(
    entry: catalog.LangchainModel | catalog.ModerationModel,
) -> Callable[..., Model]:
    """What builds a model that is reached by a client of somebody else."""
    if isinstance(entry, catalog.LangchainModel):
        return _door("genaiops.models.langchain:LangchainModel")
    module = load_extra("genaiops.models.moderation", "moderation", "openai")
    return cast("Callable[..., Model]", module.ModerationModel)


def _door(name: str) -> Callable[..., Model]:
    return cast("Callable[..., Model]", load_attribute(name))


def _model_warnings(where: str, entry: catalog.ModelSpec, today: date) -> Iterator[str]:
    if entry.retires is not None and entry.retires <= today + SOON:
        word = "is retired since" if entry.retires <= today else "retires on"
        yield f"{where} {word} {entry.retires}: choose its successor"
    if isinstance(entry, catalog.OpenAIModel):
        if price_of(entry) is None and not is_loopback(entry.base_url):
            yield f"{where} has no price: the cost of its calls stays unknown"
        yield from _endpoint_warnings(where, entry)
    elif isinstance(entry, catalog.ModerationModel):
        yield from _endpoint_warnings(where, entry)
    elif isinstance(entry, catalog.LangchainModel) and entry.price is None:
        yield f"{where} has no price: the cost of its calls stays unknown"


def _endpoint_warnings(where: str, entry: catalog.Service) -> Iterator[str]:
    is_open = entry.base_url.startswith("http://") and not is_loopback(entry.base_url)
    if entry.api_key is not None and is_open:
        yield f"{where} sends its key unencrypted: write https:// in base_url"
    for header, value in entry.headers.items():
        if _SECRET_HEADER.search(header) and not _VARIABLE.search(value):
            yield f"{where}: the header {header!r} looks like a literal secret: write ${{env:NAME}}"
