"""Record a model's answers of the shipped assistant, for `provider: replay`.

    python benchmarks/record_answers.py smollm2-135m
    python benchmarks/record_answers.py qwen2.5-coder-1.5b --tag forty

Appends to evals/recordings/<model>.jsonl; what is recorded already is not asked again.
"""

import argparse
import asyncio
import json
from pathlib import Path

from genaiops.datasets import open_dataset
from genaiops.models.replay import RecordingModel
from genaiops.project.session import open_session
from genaiops.project.wiring import Wiring

ROOT = Path(__file__).resolve().parents[1]


async def main(model: str, tag: str | None) -> None:
    """Ask the model about every case with the tag that is not recorded yet."""
    path = ROOT / "evals/recordings" / f"{model}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    done = {json.loads(line)["case_id"] for line in lines}
    dataset = open_dataset(ROOT / "datasets/handbook.jsonl", "datasets/handbook.jsonl")
    with path.open("a", encoding="utf-8") as file:

        def write(line: str) -> None:
            file.write(line.rstrip("\n") + "\n")
            file.flush()

        session = open_session(ROOT / "genaiops.yaml")
        wrap = lambda inner: RecordingModel(inner, write)  # noqa: E731  one use
        async with Wiring(session, None, wrap=wrap) as wiring:
            flow = await wiring.flow("assistant", model=model)
            for case in dataset.cases({tag: True} if tag else None):
                if case.id not in done:
                    run = await flow.run(flow.bind(dict(case.inputs)), case_id=case.id)
                    print(case.id, round(run.latency_s, 1), (run.outputs or {}).get("answer"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("--tag")
    chosen = parser.parse_args()
    asyncio.run(main(chosen.model, chosen.tag))
