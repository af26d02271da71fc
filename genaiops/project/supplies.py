"""Models, embedders, indexes and code of a project, each built once, on use."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from genaiops.flow.calls import Calls, Resources
from genaiops.index.build import build_first
from genaiops.index.freshness import index_status
from genaiops.index.retrieve import BuiltIndex, open_index
from genaiops.index.versions import IndexVersion
from genaiops.models.catalog import Catalog
from genaiops.models.remembered import RememberedEmbedder
from genaiops.project.code import find_code
from genaiops.project.modules import load_own
from genaiops.project.session import Session
from genaiops.project.wants import Used
from genaiops.protocols import Embedder, Ledger, Model
from genaiops.resolve import load_attribute
from genaiops.specs.index import IndexSpec
from genaiops.store import VectorFile
from genaiops.text.quantities import counted

ThingT = TypeVar("ThingT")
VECTORS_FILE = ".genaiops/vectors.sqlite"
Wrap = Callable[[Model], Model]
OnNote = Callable[[str], None]
"""Takes a sentence for the user."""


class OnUse(Mapping[str, ThingT]):
    """Things by name that are made when they are first asked for."""

    def __init__(self, names: Mapping[str, object], make: Callable[[str], ThingT]) -> None:
        self._names = names
        self._make = make

    def __getitem__(self, name: str) -> ThingT:
        if name not in self._names:
            raise KeyError(name)
        return self._make(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class Supplies:
    """What flows and metrics of a project are handed; what was built is closed by `aclose`.

    `wrap` may put something around each model: a recorder, or what stands in for it. `on_wait` is
    told at once when another process has to end first.
    """

    def __init__(
        self,
        session: Session,
        ledger: Ledger | None,
        wrap: Wrap | None = None,
        *,
        on_wait: OnNote | None = None,
    ) -> None:
        self.session = session
        self._on_wait = on_wait
        self.notes: list[str] = []
        self._catalog = Catalog(
            session.project.catalog.spec,
            root=session.root,
            environment=session.environment,
            locked=session.lock.models,
        )
        self._calls = Calls(ledger)
        self._wrap = wrap
        self._models: dict[str, Model] = {}
        self._vectors = VectorFile(session.root / VECTORS_FILE)
        self._embedders: dict[str, RememberedEmbedder] = {}
        self._indexes: dict[str, BuiltIndex] = {}

    async def aclose(self) -> None:
        """Give back files, connections and memory."""
        for index in self._indexes.values():
            index.close()
        for thing in (*self._models.values(), *self._embedders.values()):
            await thing.aclose()
        self._vectors.close()

    @property
    def models(self) -> tuple[str, ...]:
        """The models built so far, by their own names."""
        return tuple(sorted(self._models))

    def digests(self) -> dict[str, str]:
        """The digests of the models and indexes built so far."""
        return {
            **{f"model {name}": model.identity for name, model in sorted(self._models.items())},
            **{f"index {name}": index.digest for name, index in sorted(self._indexes.items())},
        }

    def model(self, name: str) -> Model:
        """A model of the catalog, or the one that a selection chose.

        Raises:
            InputError: it cannot be built; the message says what is missing.
            TrustError: it wants what is not trusted yet.
        """
        own = self._catalog.model_name(name)
        if own not in self._models:
            # Code may ask for a model that nothing told of before it ran.
            self.session.require_trust(Used(models=frozenset({own})))
            built = self._catalog.build_model(own)
            self._models[own] = self._wrap(built) if self._wrap else built
        return self._models[own]

    def embedder(self, name: str) -> Embedder:
        """An embedder of the catalog, which embeds no text again that this project knows.

        Raises:
            InputError: it cannot be built; the message says what is missing.
            TrustError: it wants what is not trusted yet.
        """
        return self._remembered(name)

    def embedders(self) -> Mapping[str, Embedder]:
        """The embedders of the catalog, on use."""
        return OnUse(self.session.project.catalog.spec.embedders, self.embedder)

    def embedder_of(self, spec: IndexSpec) -> Embedder | None:
        """The embedder that an index names, or None.

        Raises:
            InputError: it cannot be built.
        """
        return self.embedder(spec.embedder) if spec.embedder is not None else None

    def builder_of(self, spec: IndexSpec) -> Embedder | None:
        """The embedder of an index for building it: its versions hold the vectors themselves.

        Raises:
            InputError: it cannot be built.
        """
        return self._remembered(spec.embedder).plain if spec.embedder is not None else None

    async def index(self, name: str) -> BuiltIndex:
        """An index, open; one that was never built is built first, and that is noted.

        Raises:
            InputError: it is stale, damaged, or its sources or embedder are wrong.
        """
        if name not in self._indexes:
            spec = self.session.project.index(name).spec
            embedder = self.embedder_of(spec)
            root, clock = self.session.root, self.session.clock
            if index_status(spec, name, root, embedder, clock=clock).state == "never_built":
                version = await build_first(
                    spec,
                    name,
                    root,
                    self.builder_of(spec),
                    clock=clock,
                    on_wait=lambda: self._wait(name),
                )
                self.notes.append(_built(name, version) if version else _built_elsewhere(name))
            self._indexes[name] = open_index(spec, name, root, embedder, clock=clock)
            self.notes.extend(self._indexes[name].warnings)
        return self._indexes[name]

    def _remembered(self, name: str) -> RememberedEmbedder:
        if name not in self._embedders:
            self.session.require_trust(Used(embedders=frozenset({name})))
            built = self._catalog.build_embedder(name)
            self._embedders[name] = RememberedEmbedder(built, self._vectors)
        return self._embedders[name]

    def _wait(self, name: str) -> None:
        if self._on_wait is not None:
            self._on_wait(f"index {name} is being built by another process: waiting for it")

    def resources(self, stand_in: str | None) -> Resources:
        """What a flow reaches; `stand_in` is the model of every prompt instead of its own."""
        catalog = self.session.project.catalog.spec
        return Resources(
            calls=self._calls,
            models=OnUse({**catalog.models, **catalog.selections}, self.model),
            indexes=self._indexes,
            stand_in=stand_in,
        )

    def load(self, text: str, folder: Path) -> object:
        """The object behind `nodes.py:clean` or `package.module:function`, or what was handed in.

        Raises:
            InputError: it is not there, or does not load.
        """
        handed_in = self.session.project.functions
        if text in handed_in:
            return handed_in[text]
        code = find_code(text, folder=folder, root=self.session.root)
        if code.file is None:
            return load_attribute(text)
        return load_own(code, code.file, self.session.root)


def _built(name: str, version: IndexVersion) -> str:
    documents = counted(len(version.documents()), "document")
    passages = counted(version.manifest.passages, "passage")
    return f"built index {name}: {documents}, {passages}"


def _built_elsewhere(name: str) -> str:
    return f"another process built index {name}"
