"""A release that leaves its project: what is written, and that its command serves it anywhere."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent
from typing import Any
from urllib.request import Request, urlopen

import pytest

from genaiops.project.rollout_home import LIVE_FILE
from genaiops.store.live import LiveRuns
from tests.cli.library import ARTICLES, FLOW, write_library
from tests.cli.terminal import Terminal
from tests.cli.test_gate import set_gates
from tests.cli.test_release import PROMPT, copied, created, edit, promoted, words

TOKEN = "0123456789abcdef0123456789abcdef"
KEY = "a-key-of-somebody"
SHOUTING = dedent(
    FLOW.replace(
        "    outputs:",
        '      shout: {python: "nodes.py:shout", with: {text: "${answer.text}"}}\n    outputs:',
    ).replace("answer: ${answer.text}", "answer: ${shout.output}")
)

NODES = "def shout(text: str) -> str:\n    return text.upper()\n"
FUNCTION = f"def answer(question: str) -> str:\n    return {ARTICLES['fees'].upper()!r}\n"


@pytest.fixture(scope="module")
def first_standing(tmp_path_factory: pytest.TempPathFactory) -> tuple[Terminal, str]:
    """The library with a release in staging; only to copy."""
    library = write_library(tmp_path_factory.mktemp("standing"))
    set_gates(library, "{metric: answer_f1, at_least: 0.3}")
    edit(library, "genaiops.yaml", "serving: {limits: {drain_s: 90}}\n")
    library.ok("gate")
    release = created(library)
    promoted(library, release, "staging")
    return library, release


@pytest.fixture
def standing(first_standing: tuple[Terminal, str], tmp_path: Path) -> tuple[Terminal, str]:
    library, release = first_standing
    return copied(library, tmp_path / "library"), release


@pytest.fixture(scope="module")
def first_package(
    first_standing: tuple[Terminal, str], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The package of it, alone; only to copy."""
    folder = tmp_path_factory.mktemp("packaged") / "out"
    first_standing[0].ok("release", "package", "-o", str(folder))
    return folder


@pytest.fixture
def package(first_package: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(first_package, tmp_path / "image"))


def tree(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def command_in(dockerfile: Path) -> list[str]:
    """The words of CMD, by the interpreter of this test."""
    found = re.findall(r"^CMD (\[.*\])$", dockerfile.read_text("utf-8"), re.MULTILINE)
    words_: list[str] = json.loads(found[0])
    assert words_[0] == "genaiops"
    return [sys.executable, "-m", *words_]


@contextmanager
def run_as_image(folder: Path) -> Generator[tuple[str, Path]]:
    """Run CMD with the variables of ENV, its state aside and on a port that is free.

    Gives the address and the folder of the state; it must end with code 0.
    """
    state = folder.with_name("state")
    state.mkdir()
    said = re.findall(
        r"^ENV (\w+)=(\S+)$", (folder / "Dockerfile").read_text("utf-8"), re.MULTILINE
    )
    home = str(folder.with_name("home"))
    own = {"PATH": os.environ["PATH"], "HOME": home, "GENAIOPS_TOKEN": TOKEN}
    command = command_in(folder / "Dockerfile")
    command[command.index("/var/lib/genaiops")] = str(state)
    with subprocess.Popen(  # noqa: S603  our own command
        [*command, "--port", "0"],
        cwd=folder,
        env={**own, **dict(said)},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        told = ""
        for line in process.stderr:
            told += line
            if line.startswith("serving "):
                break
        address = re.search(r":(\d+)$", told.strip())
        assert address is not None, told
        try:
            yield f"http://127.0.0.1:{address[1]}", state
        finally:
            process.send_signal(signal.SIGTERM)
            _, rest = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "reloaded" not in rest


def asked(url: str, flow: str = "assistant") -> Any:
    body = json.dumps({"inputs": {"question": "What does each day of delay cost?"}})
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    with urlopen(Request(f"{url}/v1/flows/{flow}", body.encode(), headers)) as reply:  # noqa: S310  on loopback
        return json.load(reply)


@pytest.mark.slow
def test_the_command_of_the_image_serves_what_was_released(
    first_standing: tuple[Terminal, str], package: Path
) -> None:
    before = tree(package)
    with run_as_image(package) as (url, state):
        assert asked(url)["outputs"]["answer"] == ARTICLES["fees"]
        with urlopen(f"{url}/healthz") as reply:  # noqa: S310  on loopback
            assert reply.status == 200
    assert tree(package) == before
    with LiveRuns(state / LIVE_FILE) as runs:
        assert [each.run.release for each in runs.after(0)] == [first_standing[1]]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("flow", "files"),
    [
        ("assistant", {"flows/assistant/flow.yaml": SHOUTING, "flows/assistant/nodes.py": NODES}),
        ("app:answer", {"app.py": FUNCTION}),
    ],
)
def test_code_runs_in_the_image_by_its_digest_and_not_elsewhere_unasked(
    tmp_path: Path, flow: str, files: dict[str, str]
) -> None:
    library = write_library(tmp_path / "library")
    for name, text in files.items():
        (library.root / name).write_text(text, "utf-8")
    evaluation = f"flow: {flow}\ndataset: datasets/handbook.jsonl\nmetrics: [latency]\n"
    gates = "gates: [{metric: latency, quantile: 0.5, at_most: 60}]\n"
    (library.root / "evals/assistant.yaml").write_text(evaluation + gates, "utf-8")
    library.ok("trust", "--yes")
    library.ok("gate")
    out = library.ok("release", "create", flow, "--as", "ann", "--json")
    promoted(library, json.loads(out)["release"]["id"], "staging")
    done = library("release", "package", "-o", "../out")
    code = list(files)[-1]
    assert f"may run the Python file {code}" in words(done)
    with run_as_image(tmp_path / "out") as (url, _):
        assert asked(url, flow)["outputs"]["answer"] == ARTICLES["fees"].upper()
    elsewhere = Terminal(tmp_path / "out")("serve", "--package", "package")
    assert (elsewhere.code, f"run the Python file {code}" in words(elsewhere)) == (5, True)
    edit(Terminal(tmp_path / "out"), f"package/project/{code}", "# more\n")
    changed = Terminal(tmp_path / "out")("serve", "--package", "package")
    assert (changed.code, f"{code} is not what release" in words(changed)) == (4, True)


def test_the_files_are_those_of_the_release_whatever_was_edited_since(
    standing: tuple[Terminal, str],
) -> None:
    library, release = standing
    was = (library.root / PROMPT).read_bytes()
    edit(library, PROMPT, "Be rude.\n")
    library.ok("release", "package", release[:6], "-o", "out")
    assert (library.root / "out/package/project" / PROMPT).read_bytes() == was


def test_what_is_written_holds_no_secret_and_no_path_of_this_machine(
    standing: tuple[Terminal, str],
) -> None:
    library, _ = standing
    knowing = Terminal(library.root, {"GENAIOPS_TOKEN": TOKEN, "OPENAI_API_KEY": KEY})
    knowing.ok("release", "package", "-o", "out")
    for name, data in tree(library.root / "out").items():
        for secret in (TOKEN, KEY, str(library.root), str(Path.home()), sys.prefix):
            assert secret.encode() not in data, name


def test_the_engine_waits_for_as_long_as_the_project_lets_requests_end(package: Path) -> None:
    assert "stop_grace_period: 105s" in (package / "compose.yaml").read_text("utf-8")
    assert json.loads((package / "package/package.json").read_text("utf-8"))["serving"] == {
        "limits": {"drain_s": 90}
    }


def test_a_project_that_sends_spans_has_what_they_need_in_its_image(
    standing: tuple[Terminal, str],
) -> None:
    library, _ = standing
    project = library.root / "genaiops.yaml"
    text = project.read_text("utf-8").replace("{limits: {drain_s: 90}}", "{otel: true}")
    project.write_text(text, "utf-8")
    library.ok("release", "package", "-o", "out")
    assert "genaiops[otel]==" in (library.root / "out/requirements.txt").read_text("utf-8")
    assert "OTEL_EXPORTER_OTLP_ENDPOINT:-" in (library.root / "out/compose.yaml").read_text("utf-8")


def test_only_what_the_image_needs_is_given_to_the_engine(package: Path) -> None:
    lines = (package / ".dockerignore").read_text("utf-8").splitlines()
    copies = re.findall(
        r"^COPY (.*) \S+$", (package / "Dockerfile").read_text("utf-8"), re.MULTILINE
    )
    given = {name.rstrip("/") for line in copies for name in line.split()}
    assert lines[0] == "*"
    assert {line.removeprefix("!") for line in lines[1:]} == given
    assert all((package / name).exists() for name in given)


def test_everybody_can_read_the_files_of_the_image(package: Path) -> None:
    for path in package.rglob("*"):
        assert path.stat().st_mode & 0o777 == (0o755 if path.is_dir() else 0o644)


def test_what_stands_nowhere_is_not_packaged(standing: tuple[Terminal, str]) -> None:
    library, before = standing
    edit(library, PROMPT, "Be brief.\n")
    release = created(library)
    done = library("release", "package", "assistant", "-o", "out")
    assert done.code == 2
    assert f"release {release} of assistant stands in no stage; of this flow" in words(done)
    assert f"{before} in staging: genaiops release promote" in words(done)
    assert not (library.root / "out").exists()


def test_a_folder_that_is_there_and_empty_is_filled(standing: tuple[Terminal, str]) -> None:
    library, _ = standing
    out = library.root / "out"
    out.mkdir()
    number = out.stat().st_ino
    library.ok("release", "package", "-o", "out")
    assert out.stat().st_ino == number
    assert {path.name for path in out.iterdir()} == {
        *("Dockerfile", "compose.yaml", ".dockerignore", "requirements.txt"),
        *("constraints.txt", "wheels", "package"),
    }


@pytest.mark.parametrize("there", ["a folder", "a file"])
def test_what_is_there_is_not_written_over(standing: tuple[Terminal, str], there: str) -> None:
    library, _ = standing
    out = library.root / "out"
    if there == "a folder":
        out.mkdir()
        (out / "mine").write_text("kept", "utf-8")
    else:
        out.write_text("kept", "utf-8")
    done = library("release", "package", "-o", "out")
    assert (done.code, "out is there already, and not empty" in words(done)) == (2, True)


def test_a_release_that_was_changed_on_the_shelf_is_not_packaged(
    standing: tuple[Terminal, str],
) -> None:
    library, _ = standing
    for file in (library.root / ".genaiops/releases/files").rglob("*"):
        if file.is_file() and b"inputs:" in file.read_bytes() and b"retrieve" in file.read_bytes():
            file.write_bytes(b"inputs: {}\n")
    done = library("release", "package", "-o", "out")
    assert (done.code, "was changed on the shelf" in words(done)) == (4, True)
    assert not (library.root / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("--package", "nowhere"), 2, "genaiops release package wrote"),
        (("--package", "package", "--state", "nowhere"), 2, "make it first"),
        (("--state", "."), 2, "--state goes with --package"),
        (("assistant", "--package", "package"), 2, "leave out flows, -c and --stage"),
        (("--package", "package", "--stage", "files"), 2, "leave out flows, -c and --stage"),
        (("--package", "package", "--host", "0.0.0.0"), 2, "set GENAIOPS_TOKEN"),  # noqa: S104  it is refused
    ],
    ids=str,
)
def test_a_package_that_cannot_be_served_is_told(
    package: Path, arguments: tuple[str, ...], code: int, told: str
) -> None:
    done = Terminal(package)("serve", *arguments)
    assert (done.code, told in words(done)) == (code, True), done


@pytest.mark.parametrize(
    ("old", "new"), [("{", ""), ('"release"', '"bundle"'), ('"flow"', '"flows"'), ("90", "-1")]
)
def test_a_package_of_another_form_is_told(package: Path, old: str, new: str) -> None:
    file = package / "package/package.json"
    file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")
    done = Terminal(package)("serve", "--package", "package")
    assert (done.code, "is no package of this version of genaiops" in words(done)) == (2, True)


def test_a_file_that_is_gone_from_a_package_is_told(package: Path) -> None:
    (package / "package/project/catalog.yaml").unlink()
    done = Terminal(package)("serve", "--package", "package")
    assert (done.code, "catalog.yaml of release" in words(done)) == (4, True)
