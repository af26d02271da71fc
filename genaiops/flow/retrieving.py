"""A look into an index, seen by whoever watches."""

from genaiops.flow.watching import SeenRetrieval, seeing
from genaiops.protocols import Index
from genaiops.records import Passage


async def retrieved(index: Index, query: str, k: int) -> tuple[Passage, ...]:
    """The k best passages; nothing is looked up where none is wanted.

    Raises:
        CallError: the query cannot be embedded.
    """
    if not k:
        return ()
    seen = SeenRetrieval(index=index.name, query=query, k=k)
    with seeing(seen):
        seen.passages = await index.retrieve(query, k)
    return seen.passages
