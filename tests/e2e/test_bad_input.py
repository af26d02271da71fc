"""What goes wrong outside of the files: each is met with a message, a code and no traceback."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from genaiops.models.weights import WeightsCatalog
from genaiops.project.environment import process_environment
from genaiops.store import Store
from tests.cli.terminal import Terminal
from tests.endpoint import FakeEndpoint
from tests.project.build import LIBRARY, build_project
from tests.quick_time import quick_loops

FAILING = {
    "gateway": "malformed",
    "half_json": "malformed",
    "not_http": "malformed",
    "cut": "truncated",
    "reset": "connection",
    "guarded": "auth",
    "broken": "server",
    "rate_limit": "rate_limit",
    "too_long": "context_window",
    "silent": "timeout",
}
EXTRAS = {
    "run assistant -m small -i question=x": "local",
    "run assistant -m chain -i question=x": "langchain",
    "index build dense": "local",
    "index query chroma loans": "chroma",
    "index build papers": "pdf",
}
ASK = ("run", "assistant", "-i", "question=How long may a book be kept?")


def library(root: Path) -> Terminal:
    return Terminal(build_project(root))


def catalog(entries: str) -> str:
    return f"models:\n  extractive: {{provider: extractive}}\n{entries}"


def hosted(name: str, url: str, more: str = "") -> str:
    return f'  {name}: {{provider: openai, model: m, base_url: "{url}"{more}}}\n'


def refuses(terminal: Terminal, code: int, told: str, *arguments: str) -> None:
    done = terminal(*arguments)
    assert done.code == code, done
    assert re.search(told, done.err), done.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("eval", "assistent"), "unknown evaluation 'assistent'; did you mean 'assistant'"),
        (("gate", "assistent"), "unknown evaluation 'assistent'; did you mean 'assistant'"),
        (("run", "asistant"), "unknown flow 'asistant'; did you mean 'assistant'"),
        (("eval", "assistant", "--variant", "wide"), "has no variant 'wide'; there are none"),
        (("run", "assistant", "--variant", "wide"), "has no variant 'wide'; there are none"),
        (("eval", "assistant", "-m", "extractiv"), "'extractiv'; did you mean 'extractive'"),
        (("runs", "show", "assistant-9"), "unknown run 'assistant-9'; there are none"),
        (("gate", "assistant", "--run", "assistant-9"), "unknown run 'assistant-9'"),
        (("eval", "assistant", "-o", "out.pdf"), r"-o out.pdf: the suffix must be one of \.json"),
        (("gate", "assistant", "-o", "out.pdf"), r"-o out.pdf: the suffix must be one of \.json"),
        (("eval", "assistant", "--filter", "topic"), "--filter 'topic': write TAG=VALUE"),
        (("eval", "assistant", "--filter", "topic=none"), "no case has topic 'none'"),
        (("eval", "assistant", "-j", "0"), "'-j' / '--concurrency'"),
        (("run", "assistant", "-i", "question"), "-i 'question': write NAME=VALUE"),
        (("run", "assistant", "-i", "q=x"), "unknown input 'q' .*missing input 'question'"),
        (("run", "assistant", "-f", "none.json"), "none.json"),
        (("run", "no_app:answer"), "there is no module 'no_app' for 'no_app:answer'"),
        (("index", "query", "hanbook", "x"), "unknown index 'hanbook'; did you mean 'handbook'"),
        (("baseline", "show", "assistant"), "has no baseline yet: genaiops eval assistant"),
        (("select", "answering"), "unknown selection 'answering'; there are none"),
        (("gate", "assistant"), "has no gate to judge by"),
        (("eval", "assistant", "-c", "none.yaml"), "no project file 'none.yaml'"),
        (("evl",), "unknown command 'evl'; did you mean 'eval'"),
        (("weights", "pull", "smollm"), "unknown weights 'smollm'"),
    ],
    ids=" ".join,
)
def test_a_wrong_word_is_told_with_the_right_ones(
    tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    refuses(library(tmp_path), 2, told, *arguments)


def test_without_a_project_the_way_to_one_is_told(tmp_path: Path) -> None:
    for command in ("check", "gate x", "runs list", "index status", "catalog list", "trust"):
        refuses(
            Terminal(tmp_path),
            2,
            r"no genaiops\.yaml and no evals/\*\.yaml in .* `genaiops init`",
            *command.split(),
        )


def test_eval_without_a_project_tells_both_ways(tmp_path: Path) -> None:
    told = r"there is no evaluation here: .* `genaiops init`, .* genaiops eval -p a\.md"
    refuses(Terminal(tmp_path), 2, told, "eval")
    refuses(Terminal(tmp_path), 2, told, "eval", "x")


CASE = '{"id": "a", "inputs": {"question": "How long?"}}\n'


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("datasets/handbook.jsonl", "", "datasets/handbook.jsonl: the dataset is empty"),
        ("datasets/handbook.jsonl", CASE + CASE, r"handbook.jsonl:2.*'a'.*line 1"),
        ("datasets/handbook.jsonl", CASE + "{'id': 'b'}\n", r"handbook.jsonl:2.*not JSON"),
        ("evals/assistant.yaml", "flow: a\nmetrics: [answer_f1]\n", "missing key 'dataset'"),
        ("evals/assistant.yaml", "flow: [\n", r"evals/assistant.yaml:2:1"),
        ("flows/assistant/answer.md", "{{ question }} {{ tone }}", "tone"),
        ("flows/assistant/answer.md", "{% if %}", r"answer.md:1"),
        ("evals/assistant.yaml", LIBRARY["evals/assistant.yaml"] + "flow: x\n", "'flow'"),
        ("catalog.lock", "{", "catalog.lock: is damaged"),
    ],
)
def test_a_fault_of_a_file_stops_an_evaluation_before_its_first_case(
    tmp_path: Path, file: str, text: str, told: str
) -> None:
    terminal = Terminal(build_project(tmp_path, {file: text}))
    refuses(terminal, 2, told, "eval", "assistant")
    done = terminal("runs", "list")
    assert done.out == ""


def test_bytes_of_editors_and_other_languages_are_read_as_they_are_meant(tmp_path: Path) -> None:
    line = '{"id": "ä", "inputs": {"question": "Wie lange? 多久？"}, "expected": {"answer": "✓"}}'
    data = b"\xef\xbb\xbf" + line.encode() + b"\r\n"
    terminal = Terminal(build_project(tmp_path, {"datasets/handbook.jsonl": data}))
    assert "1 planned = 1 scored" in terminal.ok("eval", "assistant", "-o", "out.json")
    assert "多久" in (tmp_path / "out.json").read_text("utf-8")


def test_a_missing_variable_is_named(tmp_path: Path) -> None:
    key = ', api_key: "${env:NO_SUCH_KEY}"'
    entries = catalog(hosted("far", "http://127.0.0.1:9/v1", key))
    terminal = Terminal(build_project(tmp_path, {"catalog.yaml": entries}))
    terminal.ok("trust", "--yes")
    refuses(terminal, 2, "environment variable NO_SUCH_KEY, which is not set", *ASK, "-m", "far")


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory, endpoint: FakeEndpoint) -> Terminal:
    """A model for each way in which an endpoint fails."""
    timeouts = ", timeouts: {first_byte_s: 0.2}"
    entries = [hosted(name, endpoint.url(name), timeouts) for name in FAILING]
    root = tmp_path_factory.mktemp("faulty")
    terminal = Terminal(build_project(root, {"catalog.yaml": catalog("".join(entries))}))
    terminal.ok("trust", "--yes")
    terminal.ok("index", "build", "handbook")
    return terminal


@pytest.mark.parametrize(("behavior", "kind"), FAILING.items())
def test_an_endpoint_that_fails_is_told_with_its_kind(
    faulty: Terminal, behavior: str, kind: str
) -> None:
    told = rf"(?m)^error: {kind} in node 'answer': model '{behavior}'"
    with quick_loops(patience_s=0.1):
        refuses(faulty, 4, told, *ASK, "-m", behavior)


def test_a_connection_that_is_refused_names_the_host(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        place = f"127.0.0.1:{free.getsockname()[1]}"
    entries = catalog(hosted("far", f"http://{place}/v1"))
    terminal = Terminal(build_project(tmp_path, {"catalog.yaml": entries}))
    terminal.ok("trust", "--yes")
    refuses(terminal, 4, f"connection .* at {place}: no connection", *ASK, "-m", "far")


def test_when_nothing_can_be_scored_the_evaluation_fails_and_is_kept(faulty: Terminal) -> None:
    refuses(
        faulty, 4, r"none of 1 cases could be scored \(run assistant-\d+\); the first: auth",
        "eval", "assistant", "-m", "guarded",
    )  # fmt: skip
    assert "1 planned = 0 scored + 1 errored + 0 skipped" in faulty.ok("runs", "show", "last")


def test_a_stale_index_answers_nothing_until_it_is_built(tmp_path: Path) -> None:
    terminal = library(tmp_path)
    terminal.ok("index", "build", "handbook")
    (tmp_path / "datasets/handbook/loans.md").write_text("# Loans\n\nFour weeks now.\n", "utf-8")
    told = r"is stale: documents 1 changed \(loans.md\): genaiops index build handbook"
    refuses(terminal, 2, told, *ASK)
    refuses(terminal, 2, told, "eval", "assistant")
    refuses(terminal, 2, told, "index", "query", "handbook", "loans")
    terminal.ok("index", "build", "handbook")
    assert "Four weeks" in terminal.ok("index", "query", "handbook", "loans")


def test_an_index_of_another_embedder_answers_nothing(
    tmp_path: Path, endpoint: FakeEndpoint
) -> None:
    index = "sources: [{glob: 'datasets/handbook/*.md'}]\nembedder: one\n"
    chunk = "chunk: {by: recursive, size: 200, unit: characters}\n"
    entry = f"{{provider: openai, dimensions: 4, base_url: '{endpoint.url()}', model:"
    embedders = f"embedders:\n  one: {entry} e1}}\n  two: {entry} e2}}\n"
    changes = {"catalog.yaml": catalog(embedders), "indexes/handbook.yaml": index + chunk}
    terminal = Terminal(build_project(tmp_path, changes))
    terminal.ok("trust", "--yes")
    terminal.ok("index", "build", "handbook")
    terminal.ok(*ASK)
    (tmp_path / "indexes/handbook.yaml").write_text(index.replace("one", "two") + chunk, "utf-8")
    assert "other embedder" in terminal.ok("index", "status")
    refuses(terminal, 2, "was built with another embedder than 'two' as it is now", *ASK)


def false_files(folder: Path, name: str) -> dict[str, Path]:
    """Files of the right size that hold nothing, by their sha256."""
    made: dict[str, Path] = {}
    for file in WeightsCatalog.load({}).entry(name).files:
        path = folder / name / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as empty:
            empty.truncate(file.bytes)
        made[file.sha256] = path
    return made


EMBEDDER = "all-minilm-l6-v2-int8"


def test_weights_with_a_wrong_digest_are_found_out(tmp_path: Path) -> None:
    false_files(tmp_path / "weights", EMBEDDER)
    terminal = Terminal(tmp_path, {"GENAIOPS_WEIGHTS": str(tmp_path / "weights")})
    refuses(terminal, 4, r"model\.onnx.*sha256", "weights", "verify", EMBEDDER)


def test_weights_with_a_wrong_digest_are_never_taken_in(tmp_path: Path) -> None:
    entries = "".join(
        f"  f{place}: {{bytes: {path.stat().st_size}, sha256: {sha256}, file: {path}}}\n"
        for place, (sha256, path) in enumerate(false_files(tmp_path / "other", EMBEDDER).items())
    )
    mirrors = tmp_path / "mirrors.yaml"
    mirrors.write_text(f"weights:\n{entries}", "utf-8")
    places = {"GENAIOPS_WEIGHTS": "weights", "GENAIOPS_WEIGHT_MIRRORS": str(mirrors)}
    refuses(Terminal(tmp_path, places), 4, "sha256", "weights", "pull", EMBEDDER)
    assert not list(tmp_path.glob("weights/**/*.onnx"))


def test_a_store_that_is_no_store_is_told_with_its_file(tmp_path: Path) -> None:
    terminal = library(tmp_path)
    (tmp_path / ".genaiops").mkdir()
    (tmp_path / ".genaiops/store.sqlite").write_bytes(b"no database at all " * 99)
    told = r"\.genaiops/store\.sqlite: .*not a database"
    for command in ("eval assistant", "runs list", "gate assistant", "diff a b"):
        refuses(terminal, 4, told, *command.split())


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE runs SET record = substr(record, 9)",
        "UPDATE results SET record = substr(record, 9)",
        "DROP TABLE results",
    ],
)
def test_damage_inside_a_store_is_told_with_its_file(tmp_path: Path, damage: str) -> None:
    terminal = library(tmp_path)
    terminal.ok("eval", "assistant")
    with closing(sqlite3.connect(tmp_path / ".genaiops/store.sqlite")) as connection:
        connection.execute(damage)
        connection.commit()
    refuses(terminal, 4, r"store\.sqlite: .*(damaged|no such table)", "runs", "show", "last")


@pytest.mark.slow
def test_a_missing_extra_is_told_with_its_install_line(
    tmp_path: Path, endpoint: FakeEndpoint
) -> None:
    far = f"{{provider: openai, model: e, dimensions: 4, base_url: '{endpoint.url()}'}}"
    chunk = "chunk: {by: recursive, size: 200, unit: characters}\n"
    source = "sources: [{glob: 'datasets/handbook/*.md'}]\n"
    root = build_project(
        tmp_path,
        {
            "catalog.yaml": catalog(
                "  small: {provider: local, weights: smollm2-135m}\n"
                "  chain: {provider: langchain, model: m, model_provider: openai}\n"
                "embedders:\n  minilm: {provider: local, weights: all-minilm-l6-v2-int8}\n"
                f"  far: {far}\n"
            ),
            "indexes/dense.yaml": source + "embedder: minilm\n",
            "indexes/chroma.yaml": source + chunk + "embedder: far\nstore: chroma\n",
            "indexes/papers.yaml": "sources: [{glob: 'a.pdf'}]\nretrieve: {mode: lexical}\n",
            "a.pdf": b"%PDF-1.4\n",
        },
    )
    terminal = Terminal(root)
    terminal.ok("trust", "--yes")
    # an embedder without its weights asks for these first
    extras = {line: extra for line, extra in EXTRAS.items() if has_minilm() or "dense" not in line}
    done = subprocess.run(  # noqa: S603  our own interpreter
        [sys.executable, "-c", WITHOUT_EXTRAS, *extras],
        cwd=root, env=own_environment(root), capture_output=True, text=True, check=True,
    )  # fmt: skip
    told = done.stderr.splitlines()
    assert done.stdout.split() == ["2"] * len(extras), done
    for line, extra in zip(told, extras.values(), strict=True):
        assert line.endswith(f'needs an extra: pip install "genaiops[{extra}]"'), line


def has_minilm() -> bool:
    listed = WeightsCatalog.load(process_environment()).list()
    return any(s.name == "all-minilm-l6-v2-int8" and s.state == "present" for s in listed)


WITHOUT_EXTRAS = """
import sys
for name in "xllamacpp onnxruntime tokenizers chromadb langchain pypdf".split():
    sys.modules[name] = None
from genaiops.cli.app import main
for line in sys.argv[1:]:
    try:
        main(line.split())
    except SystemExit as end:
        print(end.code)
"""


def own_environment(root: Path) -> dict[str, str]:
    return os.environ | {"XDG_CONFIG_HOME": str(root / ".home")}


@pytest.mark.slow
def test_an_interruption_keeps_what_is_finished_and_says_so(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(60)
        terminal = interruptible(tmp_path, server.getsockname()[1])
        child = subprocess.Popen(
            [sys.executable, "-m", "genaiops", "eval", "assistant", "-j", "1"],
            cwd=tmp_path, env=own_environment(tmp_path),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            preexec_fn=hears_interrupts,  # noqa: PLW1509  it only sets a signal
        )  # fmt: skip
        with server.accept()[0]:
            child.send_signal(signal.SIGINT)
            assert child.stderr is not None
            assert "finishing what is in flight" in child.stderr.readline()
            child.send_signal(signal.SIGINT)
            out, err = child.communicate(timeout=60)
    assert (child.returncode, out) == (130, "")
    assert "2 of 3 cases are kept in run assistant-1" in err
    assert "to go on: genaiops eval --resume assistant-1" in err
    assert "Traceback" not in err
    with Store(tmp_path / ".genaiops/store.sqlite") as store:
        stored = store.run("assistant-1")
        kept = [result.case.id for result in store.results("assistant-1")]
    assert (stored.state, stored.run.scored, kept) == ("interrupted", 2, ["a", "b"])
    again = terminal.ok("eval", "assistant", "--limit", "2")
    assert "0 calls made, 2 reused" in again
    refuses(terminal, 2, "is interrupted: genaiops eval --resume assistant-1 goes on with it",
            "gate", "assistant", "--run", "assistant-1")  # fmt: skip


def hears_interrupts() -> None:
    """A shell that runs the tests in the background has its children ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def interruptible(root: Path, port: int) -> Terminal:
    """Two cases that are answered at once, and a third that never is."""
    cases = "".join(
        f'{{"id": "{name}", "inputs": {{"question": "How long, {name}?", "far": {far}}}, '
        f'"expected": {{"answer": "Three weeks."}}}}\n'
        for name, far in (("a", "false"), ("b", "false"), ("c", "true"))
    )
    flow = """\
        inputs: {question: string, far: boolean}
        nodes:
          near:
            when: {"${inputs.far}": [false]}
            prompt: answer.md
            model: extractive
            with: {question: "${inputs.question}", passages: []}
          distant:
            when: ${inputs.far}
            prompt: answer.md
            model: far
            with: {question: "${inputs.question}", passages: []}
        outputs:
          answer: {first: ["${near.text}", "${distant.text}"]}
        """
    build_project(
        root,
        {
            "catalog.yaml": catalog(hosted("far", f"http://127.0.0.1:{port}/v1")),
            "flows/assistant/flow.yaml": flow,
            "datasets/handbook.jsonl": cases,
        },
    )
    terminal = Terminal(root)
    terminal.ok("trust", "--yes")
    return terminal
