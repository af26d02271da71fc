"""An index as a run needs it: built first where it never was, and open."""

from genaiops.index.build import build_first
from genaiops.index.freshness import index_status
from genaiops.index.retrieve import BuiltIndex, open_index, open_version
from genaiops.index.versions import IndexVersion
from genaiops.project.supplies import IndexOpening
from genaiops.text.quantities import counted


async def opened_index(asked: IndexOpening) -> tuple[BuiltIndex, tuple[str, ...]]:
    """The index, and what is to be known of it.

    Raises:
        InputError: it is stale, damaged, or its sources or embedder are wrong. A pinned version is
            never stale.
    """
    spec, name, root, clock = asked.spec, asked.name, asked.root, asked.clock
    if asked.pinned is not None:
        return open_version(spec, name, root, asked.embedder, version=asked.pinned), ()
    notes: list[str] = []
    if index_status(spec, name, root, asked.embedder, clock=clock).state == "never_built":
        version = await build_first(
            spec, name, root, asked.builder(), clock=clock, on_wait=asked.on_wait
        )
        notes.append(_built(name, version) if version else f"another process built index {name}")
    index = open_index(spec, name, root, asked.embedder, clock=clock)
    return index, (*notes, *index.warnings)


def _built(name: str, version: IndexVersion) -> str:
    documents = counted(len(version.documents()), "document")
    passages = counted(version.manifest.passages, "passage")
    return f"built index {name}: {documents}, {passages}"
