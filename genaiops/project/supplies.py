"""Models, embedders, indexes and code of a project, each built once, on use."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

from genaiops.flow.calls import Calls, Resources
from genaiops.flow.hold import OnHold, untold
from genaiops.flow.ledger_model import LedgerModel
from genaiops.flow.patient_embedder import PatientEmbedder
from genaiops.flow.planting import Planting
from genaiops.models.catalog import Catalog
from genaiops.models.remembered import RememberedEmbedder
from genaiops.project.code import find_code
from genaiops.project.modules import load_own
from genaiops.project.session import Session
from genaiops.project.wants import Used
from genaiops.protocols import Clock, Embedder, Ledger, Model
from genaiops.resolve import load_attribute
from genaiops.specs.catalog import OpenAIEmbedder
from genaiops.specs.index import IndexSpec
from genaiops.store import VectorFile

if TYPE_CHECKING:  # an evaluation without an index does not load what builds one
    from genaiops.index.retrieve import BuiltIndex

ThingT = TypeVar("ThingT")
VECTORS_FILE = ".genaiops/vectors.sqlite"
Wrap = Callable[[Model], Model]
OnNote = Callable[[str], None]
"""Takes a sentence for the user."""


@dataclass(frozen=True, slots=True)
class IndexOpening:
    """An index to be opened, and built first where it never was.

    `pinned` is the digest of the version that is wanted, whatever its sources are by now.
    """

    spec: IndexSpec
    name: str
    root: Path
    clock: Clock
    embedder: Embedder | None
    builder: Callable[[], Embedder | None]
    on_wait: Callable[[], None]
    pinned: str | None = None


OpenIndex = Callable[[IndexOpening], Awaitable[tuple["BuiltIndex", tuple[str, ...]]]]


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
    told at once when another process has to end first, `on_hold` when calls of a model wait.
    """

    def __init__(
        self,
        session: Session,
        ledger: Ledger | None,
        wrap: Wrap | None = None,
        *,
        on_wait: OnNote | None = None,
        on_hold: OnHold = untold,
    ) -> None:
        self.session = session
        self._on_wait = on_wait
        self._on_hold = on_hold
        self.notes: list[str] = []
        self.planting = Planting()
        self._catalog = Catalog(
            session.project.catalog.spec,
            root=session.root,
            environment=session.environment,
            locked=session.lock.models,
        )
        self._calls = Calls(ledger, seed=session.project.spec.seed, on_hold=on_hold)
        self._wrap = wrap
        self._models: dict[str, Model] = {}
        self._vectors = VectorFile(None if session.is_live else session.kept / VECTORS_FILE)
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

    def judges(self) -> Mapping[str, Model]:
        """The models and selections of the catalog, on use, as metrics ask them: by the ledger."""
        catalog = self.session.project.catalog.spec
        names = {**catalog.models, **catalog.selections}
        return OnUse(names, lambda name: LedgerModel(self.model(name), self._calls))

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

    async def index(self, name: str) -> "BuiltIndex":
        """An index, open; one that was never built is built first, and that is noted.

        Raises:
            InputError: it is stale, damaged, or its sources or embedder are wrong.
        """
        if name not in self._indexes:
            spec = self.session.project.index(name).spec
            opening = IndexOpening(
                spec=spec,
                name=name,
                root=self.session.root,
                clock=self.session.clock,
                embedder=self.embedder_of(spec),
                builder=lambda: self.builder_of(spec),
                on_wait=lambda: self._wait(name),
                pinned=self.session.pinned.get(name),
            )
            opened = load_attribute("genaiops.project.opened_index:opened_index")
            index, notes = await cast("OpenIndex", opened)(opening)
            self._indexes[name] = index
            self.notes.extend(notes)
        return self._indexes[name]

    def _remembered(self, name: str) -> RememberedEmbedder:
        if name not in self._embedders:
            self.session.require_trust(Used(embedders=frozenset({name})))
            built = self._patient(name, self._catalog.build_embedder(name))
            self._embedders[name] = RememberedEmbedder(built, self._vectors)
        return self._embedders[name]

    def _patient(self, name: str, built: Embedder) -> Embedder:
        project = self.session.project
        entry = project.catalog.spec.embedders[name]
        if not isinstance(entry, OpenAIEmbedder):
            return built
        return PatientEmbedder(
            built, name, batch=entry.batch, seed=project.spec.seed, on_hold=self._on_hold
        )

    def _wait(self, name: str) -> None:
        if self._on_wait is not None:
            self._on_wait(f"index {name} is being built by another process: waiting for it")

    def resources(self, stand_in: str | None) -> Resources:
        """What a flow reaches; `stand_in` is the model of every prompt instead of its own."""
        catalog = self.session.project.catalog.spec
        return Resources(
            calls=self._calls,
            models=OnUse({**catalog.models, **catalog.selections}, self.model),
            indexes=OnUse(self._indexes, lambda name: self.planting.into(self._indexes[name])),
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
