"""Results of a run that a run of the same with more repeats begins with."""

from itertools import groupby

from genaiops.records import EvalRun
from genaiops.store import Store


async def take_over(store: Store, earlier: EvalRun, run: EvalRun) -> None:
    """Copy the results of a whole run into one that was just begun, durably.

    Its calls count as reused there.

    Raises:
        StoreError: they could not be read or written.
    """
    reused = earlier.made_calls + earlier.reused_calls
    of_cases = groupby(store.results(earlier.id), key=lambda stored: stored.case.id)
    for position, (_, results) in enumerate(of_cases):
        for stored in results:
            store.add(run.id, position, stored, reused_calls=reused)
            await store.make_room()
    await store.flush()
