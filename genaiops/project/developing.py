"""A few cases of an evaluation, run again and again while its files are edited."""

import os
import time
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from genaiops.errors import ExecutionError, GenaiopsError, InputError, StoreError
from genaiops.evaluations.budget import Budget
from genaiops.evaluations.counting_ledger import CountingLedger
from genaiops.evaluations.diff import Diff, diff_runs
from genaiops.evaluations.evaluation import Evaluation
from genaiops.evaluations.runner import Runner
from genaiops.flow.hold import OnHold, untold
from genaiops.gates import MetricEstimate
from genaiops.project.evaluating import Asked, report_of
from genaiops.project.few_cases import few_cases
from genaiops.project.kept_models import KeptModels
from genaiops.project.lock import LOCK_FILE
from genaiops.project.paying import unpaid_reason, within
from genaiops.project.session import Session
from genaiops.project.supplies import OnNote
from genaiops.project.wants import Used, used_by_eval
from genaiops.project.wiring import Wiring
from genaiops.records import EvalRun
from genaiops.store import Store, StoredResult
from genaiops.trust import TrustBook, Want, is_trusted

OpenSession = Callable[[], Session]
NextChange = Callable[[Collection[Path]], Awaitable[tuple[Path, ...]]]
"""Waits until one of these files changed."""


@dataclass(frozen=True, slots=True)
class Look:
    """One run of the few cases; `diff` is to the look before. It proves nothing."""

    run: EvalRun
    estimates: tuple[MetricEstimate, ...]
    results: tuple[StoredResult, ...]
    cases_of_all: int
    diff: Diff | None
    seconds: float


@dataclass(slots=True)
class Bench:
    """What stays open between looks: models, indexes, recorded calls.

    Runs go into `runs`, a store of their own that is thrown away with `folder`: no look is
    evidence, a baseline, or the newest run of its evaluation. `session` is how the project was read
    last. Python files that were trusted at the first look are trusted as they change while this
    goes on; new files, hosts and variables are not. All looks together spend no more than `budget`;
    with `needs_prices` no model may be without a price.
    """

    session: Session
    open_session: OpenSession
    asked: Asked
    cases: int
    folder: Path
    calls: Store
    runs: Store
    on_note: OnNote
    budget: Budget
    needs_prices: bool
    on_hold: OnHold = untold
    _ledger: CountingLedger = field(init=False)
    _kept: KeptModels = field(default_factory=KeptModels, init=False)
    _wiring: Wiring | None = field(default=None, init=False)
    _accepted: frozenset[tuple[str, str]] | None = field(default=None, init=False)
    _last: Look | None = field(default=None, init=False)
    _files: frozenset[Path] = field(default=frozenset(), init=False)
    _told: set[str] = field(default_factory=set[str], init=False)

    def __post_init__(self) -> None:
        self._ledger = CountingLedger(self.calls, reuse=True)

    async def aclose(self) -> None:
        """Close what is open; the stores are their owner's."""
        await self._close_wiring()
        await self._kept.sweep()

    async def look(self, changed: Collection[Path]) -> Look:
        """Run the few cases after these files changed; what did not change is not called again.

        Raises:
            InputError, TrustError, ExecutionError: as for an evaluation; the next look may succeed.
        """
        started = time.perf_counter()
        wiring = self._wiring
        if wiring is None or any(map(_is_spec, changed)):
            wiring = await self._open()
        else:
            self._hold(self.session)
        evaluation = await wiring.evaluation(self.asked.name, self.asked.overrides)
        self._tell(wiring.notes)
        run, results = await self._run(few_cases(evaluation, self.cases, self.folder))
        await self._kept.sweep()
        before = self._last
        self._last = Look(
            run=run,
            estimates=tuple(report_of(self.runs, run).estimates),
            results=results,
            cases_of_all=evaluation.dataset.count,
            diff=diff_runs(before.run, run, before.results, results) if before else None,
            seconds=time.perf_counter() - started,
        )
        return self._last

    def files(self) -> frozenset[Path]:
        """The files to watch: of specs, flows, code and data, as far as they could be read."""
        with suppress(InputError):
            self._files = frozenset(self._files_of(self.session))
        return self._files

    def _files_of(self, session: Session) -> Iterator[Path]:
        project, root = session.project, session.root
        spec = self.asked.overrides.over(project.eval(self.asked.name).spec)
        dataset = session.dataset_path(spec.dataset)
        yield from (dataset, dataset.with_suffix(".card.yaml"))
        yield from (root / project.project.document.shown, root / project.spec.catalog)
        yield from (root / LOCK_FILE, root / (project.spec.env_file or LOCK_FILE))
        yield from (root / want.name for want in self._wants(session) if want.kind == "file")
        for kind in ("evals", "indexes", "judges"):
            yield from root.glob(f"{kind}/*.yaml")
        yield from _files_below(root / "flows")

    async def _open(self) -> Wiring:
        await self._close_wiring()
        session = self.open_session()
        held = self._hold(session)
        self.session = session
        spend = within(held, self.budget, needs_prices=self.needs_prices)
        self._wiring = Wiring(
            held,
            self._ledger,
            wrap=lambda model: spend(self._kept.lend(model)),
            on_wait=self.on_note,
            on_hold=self.on_hold,
        )
        return self._wiring

    async def _close_wiring(self) -> None:
        if self._wiring is not None:
            async with self._wiring:
                self._wiring = None
            self._kept.take_back()

    def _hold(self, session: Session) -> Session:
        """The session with a book of its own, in which what was trusted is so as it is now."""
        wants = self._wants(session)
        if self._accepted is None:
            used = self._used(session)
            session.require_trust(used)
            self._accepted = frozenset((want.kind, want.name) for want in wants)
        known = session.book.trusted(session.root)
        book = TrustBook(self.folder / "trust.json")
        book.trust(
            session.root,
            [w for w in wants if is_trusted(w, known) or (w.kind, w.name) in self._accepted],
        )
        return replace(session, book=book)

    def _used(self, session: Session) -> Used:
        over = self.asked.overrides.flow
        return used_by_eval(
            session.project, self.asked.name, variant=over.variant, model=over.model
        )

    def _wants(self, session: Session) -> tuple[Want, ...]:
        return session.wants(self._used(session))

    def _tell(self, notes: Iterable[str]) -> None:
        for note in notes:
            if note not in self._told:
                self._told.add(note)
                self.on_note(note)

    async def _run(self, evaluation: Evaluation) -> tuple[EvalRun, tuple[StoredResult, ...]]:
        self._ledger.made = self._ledger.reused = 0
        planned = evaluation.planned_run(started_at="", git_commit=None)
        self.budget.turned_away = 0
        runner = Runner(evaluation, self.runs, self._ledger, lambda _: None, budget=self.budget)
        run = await runner.run(planned)
        await self.calls.flush()
        unpaid = unpaid_reason(self.budget)
        if unpaid is not None:
            raise ExecutionError(unpaid)
        return run, tuple(self.runs.results(run.id))


async def develop(
    bench: Bench,
    *,
    on_look: Callable[[Look, Collection[Path]], None],
    on_fault: Callable[[GenaiopsError], None],
    next_change: NextChange,
) -> None:
    """Look, wait for a change, and look again, until it is cancelled.

    Raises:
        InputError, TrustError, ExecutionError: there could be no first look; later faults are told.
        StoreError: a store fails.
    """
    on_look(await bench.look(()), ())
    while True:
        changed = await next_change(bench.files())
        try:
            on_look(await bench.look(changed), changed)
        except StoreError:
            raise
        except GenaiopsError as error:
            on_fault(error)


def _is_spec(file: Path) -> bool:
    return file.suffix not in {".md", ".txt", ".py", ".jsonl", ".csv"}


def _files_below(folder: Path) -> Iterator[Path]:
    """The files of flows, without what Python leaves beside them."""
    # not rglob, which fails where a folder goes while it is read (Python 3.11 and 3.12)
    for place, _, names in os.walk(folder):
        yield from (Path(place, name) for name in names if not name.endswith(".pyc"))
