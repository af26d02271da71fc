"""The page of 5,000 cases x 2 arms: CPU seconds, pages and bytes, next to reading the results.

Answers have some 400 characters, a quarter of their words differ between the arms, and each case
has three retrieved passages. Run: python benchmarks/page.py [CASES]
"""

import asyncio
import random
import sys
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from genaiops.evaluations.reports import ArmReport, Report, write_page
from genaiops.evaluations.scores import run_scores
from genaiops.gates import estimate_run
from genaiops.records import Case, CaseResult, EvalRun, MetricInfo, NodeRun, Passage, Score
from genaiops.store import Store, StoredResult

SENTENCE = (
    "a bill is sent each month and shows what was used from which reading the price of a unit and"
    " the standing charge if it looks too high read the meter and tell us the number within days"
)
WORDS = SENTENCE.split()
TOPICS = ("bills", "meters", "tariffs", "moving", "debt", "outages")
METRICS = tuple(
    MetricInfo(name=name, metric=name, low=0, high=1, direction="higher", digest=name)
    for name in ("answer_f1", "passage_recall", "groundedness")
)


def main() -> None:
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    with TemporaryDirectory() as folder, Store(Path(folder) / "store.sqlite") as store:
        runs = [asyncio.run(stored_run(store, name, cases)) for name in ("first", "second")]
        start = time.process_time()
        for run in runs:
            for _ in store.results(run.id):
                pass
        reading_s = time.process_time() - start
        arms = [ArmReport(run.eval, report(store, run)) for run in runs]
        start = time.process_time()
        written = write_page(arms, None, Path(folder) / "out.html")
        seconds = time.process_time() - start
        sizes = [path.stat().st_size for path in written]
        tracemalloc.start()
        write_page(arms, None, Path(folder) / "out.html")
        peak = tracemalloc.get_traced_memory()[1]
    print(f"{cases} cases x 2 arms: {seconds:.2f} s CPU, {reading_s:.2f} s of it reading results")
    print(f"{len(sizes)} pages, {sum(sizes) / 1e6:.1f} MB, the largest {max(sizes) / 1e6:.2f} MB")
    print(f"{peak / 1e6:.0f} MB of Python memory at most")


def report(store: Store, run: EvalRun) -> Report:
    estimates = estimate_run(run_scores(run, store.results(run.id)))
    return Report(run, estimates, None, lambda: store.results(run.id))


async def stored_run(store: Store, name: str, cases: int) -> EvalRun:
    run = await store.begin(
        EvalRun(
            id="", eval=name, digest=name, digests={}, metrics=METRICS, planned=cases, version="0"
        )
    )
    for position, stored in enumerate(results(name, cases)):
        store.add(run.id, position, stored)
    await store.finish(run, "finished")
    return run


def results(arm: str, cases: int) -> Iterator[StoredResult]:
    for number in range(cases):
        shared, own = random.Random(number), random.Random(f"{arm} {number}")
        passages = [passage(shared, place) for place in range(3)]
        outputs = {
            "answer": edited(shared, own, 78),
            "passages": [each.model_dump(mode="json") for each in passages],
        }
        gold = passages[0].model_copy(update={"start": passages[0].start + 40})
        case = Case(
            id=f"case-{number:05}",
            inputs={"question": text(shared, 16)},
            expected={"answer": text(shared, 20), "passages": [gold.model_dump(mode="json")]},
            tags={"topic": TOPICS[number % len(TOPICS)]},
        )
        scores = {info.name: Score(value=round(own.random(), 3)) for info in METRICS}
        result = CaseResult(
            case_id=case.id, status="scored", outputs=outputs, scores=scores, latency_s=0.4
        )
        nodes = (NodeRun(node="answer", kind="prompt", model="m"),)
        yield StoredResult(case, result, nodes)


def passage(draw: random.Random, place: int) -> Passage:
    said, start = text(draw, 60), 300 * place
    return Passage(document="bills.md", start=start, end=start + len(said), text=said, score=0.5)


def text(draw: random.Random, words: int) -> str:
    return " ".join(draw.choices(WORDS, k=words))


def edited(shared: random.Random, own: random.Random, words: int) -> str:
    """The same text with a quarter of the words replaced, each arm in its own way."""
    drawn = shared.choices(WORDS, k=words)
    return " ".join(own.choice(WORDS) if own.random() < 0.25 else word for word in drawn)


if __name__ == "__main__":
    main()
