"""README and docs say what is there: files, keys, commands, options, links and outputs."""

import json
import re
import runpy
import shlex
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from genaiops.cli.app import COMMANDS, help_text
from genaiops.evaluations.baseline import read_baseline
from genaiops.evaluations.reports.figures import estimate_text
from genaiops.gates import estimate_run
from genaiops.specs.base import Spec
from genaiops.specs.catalog import CatalogSpec
from genaiops.specs.dataset import DatasetCard
from genaiops.specs.evaluation import EvalSpec
from genaiops.specs.flow import FlowSpec
from genaiops.specs.index import IndexSpec
from genaiops.specs.judge import JudgeSpec
from genaiops.specs.load import parse_yaml, validate
from genaiops.specs.project import ProjectSpec
from genaiops.specs.rollout import RolloutSpec
from genaiops.specs.schemas import json_schemas
from genaiops.specs.weights import MirrorsSpec
from tests.cli.terminal import Terminal
from tests.pages import DOCS, PAGES, README, ROOT, Block, blocks, session, type_in

CLI = DOCS / "cli.md"
DEMO = 'pip install -c constraints.txt -e ".[local]" && genaiops demo'
TEST = 'pip install -c constraints.txt -e ".[all,dev]" && pytest'
GENERATED = "<!-- From here on written by: pytest tests/test_docs.py --update-golden -->\n"
KINDS: Mapping[str, type[Spec]] = {
    "nodes": FlowSpec, "metrics": EvalSpec, "sources": IndexSpec, "weights": MirrorsSpec,
    "models": CatalogSpec, "sha256": DatasetCard, "seed": ProjectSpec,
    "criteria": JudgeSpec, "goals": RolloutSpec, "serving": ProjectSpec,
}  # fmt: skip
"""The kind of a file by a key that only this kind has."""


BLOCKS = [block for page in PAGES for block in blocks(page)]


def _of(*infos: str) -> pytest.MarkDecorator:
    chosen = [block for block in BLOCKS if block.info in infos]
    return pytest.mark.parametrize("block", chosen, ids=str)


@_of("yaml")
def test_a_yaml_block_is_a_valid_file(block: Block) -> None:
    document = parse_yaml(block.text, str(block))
    assert isinstance(document.value, dict)
    kind = next(kind for key, kind in KINDS.items() if key in document.value)
    validate(document, kind)


@_of("yaml excerpt")
def test_an_excerpt_is_of_a_file_or_a_part_of_a_valid_evaluation(block: Block) -> None:
    first, *lines = block.text.splitlines()
    if first.startswith("# "):
        whole = iter((ROOT / first[2:]).read_text("utf-8").splitlines())
        assert [line for line in lines if line != "…" and line not in whole] == []
        return
    metrics = "" if "metrics:" in block.text else "metrics: [answer_f1]\n"
    text = f"flow: flows/a\ndataset: a.jsonl\n{metrics}{block.text}"
    validate(parse_yaml(text, str(block)), EvalSpec)


@_of("json")
def test_a_json_block_is_json(block: Block) -> None:
    assert [json.loads(line) for line in block.text.splitlines()]


ALONE = [block for block in BLOCKS if block.info == "python" and not block.mark]


@pytest.mark.parametrize("block", ALONE, ids=str)
def test_a_python_block_runs(block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    path = tmp_path / "block.py"
    path.write_text(block.text, "utf-8")
    runpy.run_path(str(path))


def test_every_block_says_a_language_that_is_known() -> None:
    known = {"", "console", "json", "markdown", "python", "shell", "text", "yaml", "yaml excerpt"}
    assert [str(block) for block in BLOCKS if block.info not in known] == []


def _written_commands() -> Iterator[tuple[str, str]]:
    """Where a command of ours is written to be typed, and how."""
    for block in BLOCKS:
        if block.info not in {"shell", "console"}:
            continue
        for line in block.text.splitlines():
            typed = line.removeprefix("$ ")
            if block.info == "console" and typed == line:
                continue
            for part in re.split(r"&&|;|\|", typed):
                if part.split()[:1] == ["genaiops"]:
                    yield str(block), part.strip()


WRITTEN = sorted(set(_written_commands()))


@pytest.mark.parametrize(("place", "written"), WRITTEN, ids=[f"{p} {w}" for p, w in WRITTEN])
def test_a_written_command_parses(place: str, written: str) -> None:
    _, name, *arguments = shlex.split(written, comments=True)
    command = get_command(import_module(COMMANDS[name].module).app)
    below = getattr(command, "commands", None)
    if below is not None:
        command, arguments = below[arguments[0]], arguments[1:]
    assert command.make_context(name, arguments), place


def test_commands_in_running_text_exist_with_their_options() -> None:
    for page in PAGES:
        for written in re.findall(r"`genaiops ([a-z][^`]*)`", page.read_text("utf-8")):
            name, *words = shlex.split(written)
            command = get_command(import_module(COMMANDS[name].module).app)
            below = getattr(command, "commands", None)
            if below is not None and words:
                command = below[words[0]]
            known = {"--help", *(option for each in command.params for option in each.opts)}
            unknown = {word for word in words if word.startswith("-")} - known
            assert not unknown, f"{page.name}: genaiops {written}"


def _help_of(name: str) -> Iterator[str]:
    """What `--help` prints for a command, then for each command below it, 80 columns wide."""
    command = get_command(import_module(COMMANDS[name].module).app)
    prog = f"genaiops {name}"
    context = command.make_context(prog, [], resilient_parsing=True, terminal_width=80)
    yield command.get_help(context)
    for part, below in getattr(command, "commands", {}).items():
        inner = below.make_context(part, [], parent=context, resilient_parsing=True)
        yield below.get_help(inner)


def _reference() -> str:
    parts = ["## genaiops", f"```text\n{help_text()}```"]
    for name in COMMANDS:
        parts.append(f"## genaiops {name}")
        parts += [f"```text\n{text.rstrip()}\n```" for text in _help_of(name)]
    return "\n\n".join(parts) + "\n"


def test_the_command_line_is_documented_as_it_is(golden: Callable[[Path, str], None]) -> None:
    written_by_hand, mark, _ = CLI.read_text("utf-8").partition(GENERATED)
    assert mark
    golden(CLI, f"{written_by_hand}{GENERATED}\n{_reference()}")


def test_the_readme_lists_every_command() -> None:
    rows = re.findall(r"^\| (`.*?) \|", README.read_text("utf-8"), re.MULTILINE)
    listed = {name for row in rows for name in re.findall(r"`([a-z]+)`", row)}
    assert listed >= COMMANDS.keys()


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    prose = re.sub(r"^```(?:.*\n)*?```$", "", page.read_text("utf-8"), flags=re.MULTILINE)
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        linked = (page.parent / name) if name else page
        assert linked.exists(), target
        assert not anchor or anchor in _anchors(linked), target


def test_the_readme_links_every_page() -> None:
    text = README.read_text("utf-8")
    pages = [page for page in PAGES if page.parent == DOCS]
    assert [page.name for page in pages if f"docs/{page.name}" not in text] == []


def _keys(schema: Any) -> Iterator[str]:
    """The keys that a file may hold, at any depth of its JSON Schema."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for part in schema.values():
            yield from _keys(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from _keys(part)


@pytest.mark.parametrize(("kind", "schema"), json_schemas().items(), ids=json_schemas())
def test_every_key_of_a_file_is_documented(kind: str, schema: dict[str, Any]) -> None:
    text = (DOCS / "files.md").read_text("utf-8")
    code = " ".join(re.findall(r"`+([^`]+)`+", text))
    words = set(re.findall(r"\w+", code))
    assert sorted(set(_keys(schema)) - words) == [], kind


def test_the_two_commands_of_a_checkout_stand_in_the_readme_and_the_second_in_ci() -> None:
    lines = README.read_text("utf-8").splitlines()
    assert DEMO in lines
    assert TEST in lines
    assert TEST in (ROOT / ".ci" / "run").read_text("utf-8").splitlines()


def _session_that_begins(begin: str) -> Block:
    """The console block of the README whose first line begins so."""
    (found,) = [block for block in blocks(README) if block.text.startswith(f"$ genaiops {begin}")]
    return found


def test_a_first_project_goes_as_the_readme_shows(tmp_path: Path) -> None:
    type_in(Terminal(tmp_path), _session_that_begins("init my-project"))


def test_the_readme_shows_the_baseline_that_ships() -> None:
    path = ROOT / "evals" / "baselines" / "assistant.jsonl"
    baseline = read_baseline(path, path.name)
    assert baseline is not None
    accepted = {entry.info.name: entry for entry in estimate_run(baseline.scores)}
    ((_, shown),) = session(_session_that_begins("gate assistant --variant wide"))
    answer, recall = accepted["answer_f1"], accepted["recall_at_3"]
    value = estimate_text(answer.estimate, answer.info).split()[0]
    assert f"answer_f1     {value} -> " in shown
    assert f"recall_at_3   {estimate_text(recall.estimate, recall.info)}" in shown
    assert f"{answer.estimate.n} cases x 1" in shown
