"""What holds for the whole package, besides the contracts of import-linter."""

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
import typer

from genaiops.cli.app import COMMANDS, help_text
from tests.cli.terminal import Terminal

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "genaiops"
MODULES = sorted(PACKAGE.rglob("*.py"))
HEAVY = {"pydantic", "numpy", "yaml", "aiohttp", "jinja2", "rich", "typer", "asyncio", "sqlite3"}
MOST_LINES_OF_A_MODULE = 400
MOST_LINES_OF_A_FUNCTION = 60
DANGEROUS_CALLS = {"eval", "exec", "compile", "__import__"}
DANGEROUS_MODULES = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib"}

IMPORT_ALL = """
import json, os, pkgutil, sys, threading
before = dict(os.environ)
written = []
def watch(event, arguments):
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        written.append(str(arguments[0]))
    elif event in {"os.mkdir", "os.rename", "os.remove", "socket.connect", "subprocess.Popen"}:
        written.append(f"{event} {arguments[0]}")
sys.addaudithook(watch)
import genaiops
from importlib import import_module
missing = []
for module in pkgutil.walk_packages(genaiops.__path__, "genaiops."):
    if module.name in sys.argv[1:]:
        continue
    try:
        import_module(module.name)
    except ModuleNotFoundError as error:
        if error.name.startswith("genaiops"):
            raise
        missing.append(module.name)
print(json.dumps({
    "missing": missing,
    "written": written,
    "threads": [thread.name for thread in threading.enumerate()][1:],
    "variables": sorted(set(os.environ.items()) ^ set(before.items())),
}))
"""
FOREIGN_DOORS = {
    "genaiops.__main__",
    "genaiops.index.chroma",
    "genaiops.metrics.ragas_scoring",
    "genaiops.models.langchain",
}
"""Doors to libraries that themselves write, start or set something when they are imported."""


def run_python(*arguments: str, folder: Path) -> str:
    done = subprocess.run(  # noqa: S603  our own interpreter
        [sys.executable, *arguments],
        cwd=folder,
        env=own_environment(folder),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def own_environment(folder: Path) -> dict[str, str]:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("ORT_", "XDG_"))}
    return inherited | {"PYTHONDONTWRITEBYTECODE": "1", "HOME": str(folder)}


def shown(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def nodes_of(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text("utf-8")))


def test_help_loads_no_library(tmp_path: Path) -> None:
    code = (
        "import sys; from genaiops.cli.app import main; main(['--help']); "
        f"print('LOADED', *sorted(set({sorted(HEAVY)}) & set(sys.modules)))"
    )
    out = run_python("-c", code, folder=tmp_path)
    assert out.splitlines()[-1] == "LOADED"
    assert out.startswith(help_text())


@pytest.mark.parametrize("threads", ["", "3"])
def test_a_command_leaves_the_variables_and_the_search_for_garbage_as_they_were(
    tmp_path: Path, threads: str
) -> None:
    given = f"os.environ['OPENBLAS_NUM_THREADS'] = '{threads}'" if threads else "pass"
    code = (
        f"import gc, os, sys\n{given}\nbefore = dict(os.environ)\n"
        "sys.argv = ['genaiops', 'doctor', '--help']\n"
        "from genaiops.cli.app import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print(dict(os.environ) == before, gc.isenabled())"
    )
    assert run_python("-c", code, folder=tmp_path).splitlines()[-1] == "True True"


def test_a_model_loads_no_client_of_http_before_its_first_call(tmp_path: Path) -> None:
    code = (
        "import sys; from genaiops.models.openai import OpenAIModel; "
        "from genaiops.specs import catalog; "
        "spec = catalog.OpenAIModel(provider='openai', model='m', base_url='http://127.0.0.1/v1'); "
        "OpenAIModel('m', spec, api_key='k', environment={}); print('aiohttp' in sys.modules)"
    )
    assert run_python("-c", code, folder=tmp_path) == "False\n"


def test_what_numpy_draws_by_is_loaded_only_by_what_draws(tmp_path: Path) -> None:
    code = (  # it takes 6 MB
        "import sys; import genaiops.gates, genaiops.project.evaluating; "
        "print('numpy' in sys.modules, 'numpy.random' in sys.modules)"
    )
    assert run_python("-c", code, folder=tmp_path) == "True False\n"


def test_judges_are_loaded_only_where_something_names_one(tmp_path: Path) -> None:
    code = (
        "import sys; import genaiops.project.evaluating, genaiops.project.check; "
        "print(*(name for name in sys.modules if name.startswith('genaiops.metrics.judges')))"
    )
    assert run_python("-c", code, folder=tmp_path) == "\n"


@pytest.mark.slow
def test_importing_the_package_changes_nothing(tmp_path: Path) -> None:
    found = json.loads(run_python("-c", IMPORT_ALL, *FOREIGN_DOORS, folder=tmp_path))
    assert {key: found[key] for key in ("written", "threads", "variables")} == {
        "written": [],
        "threads": [],
        "variables": [["ORT_DISABLE_TELEMETRY", "1"]],  # else onnxruntime reports to its maker
    }
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", MODULES, ids=shown)
def test_what_a_module_exports_is_sorted_and_complete(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    exported = _exported(tree)
    if exported is None:
        return
    assert exported == sorted(set(exported), key=_place)
    public = {name for name in _imported(tree) if not name.startswith("_")}
    if path.name == "__init__.py":
        assert public <= set(exported)
    name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
    module = import_module(name.removesuffix(".__init__"))
    assert [name for name in exported if not hasattr(module, name)] == []


def _place(name: str) -> tuple[int, str]:
    """Constants first, then classes, then functions."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2, name)


def _exported(tree: ast.Module) -> list[str] | None:
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "__all__":
            return ast.literal_eval(statement.value)
    return None


def _imported(tree: ast.Module) -> Iterator[str]:
    for statement in tree.body:
        if isinstance(statement, ast.ImportFrom) and (statement.module or "").startswith("genai"):
            yield from (alias.asname or alias.name for alias in statement.names)


def test_the_page_on_architecture_shows_the_layers_that_are_checked() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    layers = next(each["layers"] for each in contracts if each["id"] == "layers")
    checked = [re.findall(r"\w+", layer) for layer in layers]
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    picture = page.partition("## Layers")[2].split("```")[1].strip().splitlines()
    assert [re.findall(r"\w+", re.split(r" {2,}", line)[0]) for line in picture] == checked
    parts = {part for layer in checked for part in layer} - {"__main__"}
    assert set(re.findall(r"^\| (\w+) \| `", page, flags=re.MULTILINE)) == parts


def test_modules_are_short() -> None:
    long = {shown(path): len(path.read_text("utf-8").splitlines()) for path in MODULES}
    assert {name: n for name, n in long.items() if n > MOST_LINES_OF_A_MODULE} == {}


def test_functions_are_short() -> None:
    long = [
        f"{shown(path)}:{node.lineno} {node.name}"
        for path in MODULES
        for node in nodes_of(path)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= MOST_LINES_OF_A_FUNCTION
    ]
    assert long == []


def test_only_the_command_line_prints() -> None:
    alone = "release/verifier.py"  # a program for auditors, who have nothing else of genaiops
    printing = [
        f"{shown(path)}:{node.lineno}"
        for path in MODULES
        if not shown(path).startswith("cli/") and shown(path) != alone
        for node in nodes_of(path)
        if (isinstance(node, ast.Call) and ast.unparse(node.func) == "print")
        or (isinstance(node, ast.Attribute) and ast.unparse(node) in {"sys.stdout", "sys.stderr"})
    ]
    assert printing == []


def test_nothing_is_evaluated_or_unpickled() -> None:
    found = [
        f"{shown(path)}:{node.lineno}"
        for path in MODULES
        for node in nodes_of(path)
        if _is_dangerous(node)
    ]
    assert found == []


def _is_dangerous(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id=name)):
            return name in DANGEROUS_CALLS
        case ast.Import(names=names):
            return any(alias.name.partition(".")[0] in DANGEROUS_MODULES for alias in names)
        case ast.ImportFrom(module=str(module)):
            return module.partition(".")[0] in DANGEROUS_MODULES
    return False


def commands() -> Iterator[tuple[str, ...]]:
    for name, command in COMMANDS.items():
        yield (name,)
        group = typer.main.get_command(import_module(command.module).app)
        yield from ((name, sub) for sub in getattr(group, "commands", ()))


@pytest.mark.parametrize("command", list(commands()), ids=" ".join)
def test_each_command_helps(tmp_path: Path, command: tuple[str, ...]) -> None:
    for option in ("--help", "-h"):
        told = Terminal(tmp_path).ok(*command, option)
        assert told.startswith(f"Usage: genaiops {' '.join(command)} ")


def test_the_help_lists_every_command_within_80_columns() -> None:
    told = help_text()
    assert [name for name in COMMANDS if f"\n  {name} " not in told] == []
    assert max(map(len, told.splitlines())) <= 80


def test_the_module_runs_as_the_command_does(tmp_path: Path) -> None:
    assert run_python("-m", "genaiops", "--version", folder=tmp_path).startswith("genaiops ")


def test_started_as_a_module_it_runs_no_code_of_the_working_folder(tmp_path: Path) -> None:
    for name in ("pydantic", "pathlib", "typer", "yaml", "sqlite3"):
        trap = "from os import mkdir\nmkdir('ran')\nraise ImportError\n"
        (tmp_path / f"{name}.py").write_text(trap, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "genaiops", "check"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "no genaiops.yaml" in done.stderr
    assert not (tmp_path / "ran").exists()
