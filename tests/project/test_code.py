import ast
from pathlib import Path

import pytest

from genaiops.errors import InputError
from genaiops.project.code import (
    Function,
    find_code,
    functions_of,
    imported_files,
    is_python_flow,
    parse_code,
)


def write(root: Path, **files: str) -> None:
    for name, text in files.items():
        path = root / (name.replace("__", "/").replace("INIT", "__init__") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.mark.parametrize(
    ("flow", "is_python"),
    [
        ("app:answer", True),
        ("package.module:Class.method", True),
        ("nodes.py:answer", True),
        ("src/nodes.py:answer", True),
        ("flows/assistant", False),
        ("assistant", False),
        ("http://x:80", False),
        ("app:", False),
        ("nodes.py:a b", False),
    ],
)
def test_a_python_function_is_told_from_a_flow(flow: str, *, is_python: bool) -> None:
    assert is_python_flow(flow) is is_python


def test_a_module_of_the_project_is_found_before_an_installed_one(tmp_path: Path) -> None:
    write(tmp_path, json="", shop__tools="")
    found = [find_code(f"{m}:f", folder=tmp_path, root=tmp_path) for m in ("json", "shop.tools")]
    assert [code.file for code in found] == [tmp_path / "json.py", tmp_path / "shop" / "tools.py"]
    assert find_code("ast:parse", folder=tmp_path, root=tmp_path).file is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nodes:f", "there is no module 'nodes'"),
        ("nodes.py:f", "there is no file 'flows/a/nodes.py'"),
        ("nodes.py", "names no Python function"),
        ("../../../outside.py:f", "lies outside of the project"),
    ],
)
def test_code_that_is_not_there_is_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "root" / "flows" / "a").mkdir(parents=True)
    write(tmp_path, outside="")
    root = tmp_path / "root"
    with pytest.raises(InputError, match=message):
        find_code(text, folder=root / "flows" / "a", root=root)


def test_a_link_out_of_the_project_is_refused_and_one_inside_is_followed(tmp_path: Path) -> None:
    root = tmp_path / "root"
    write(tmp_path, outside="")
    write(root, real="")
    (root / "out.py").symlink_to(tmp_path / "outside.py")
    (root / "in.py").symlink_to(root / "real.py")
    with pytest.raises(InputError, match="lies outside of the project"):
        find_code("out.py:f", folder=root, root=root)
    assert find_code("in.py:f", folder=root, root=root).file == root / "real.py"


def test_functions_are_read_and_never_run() -> None:
    source = """
raise SystemExit
def plain(a, b=1, *, c, d=2): ...
async def loose(run, x: "FlowContext", *, y: flow.FlowContext, **rest): ...
@wrap
def wrapped(a): ...
class Shape: ...
import os.path
from x import y as z
LIMIT: int = 3
if True:
    def branch(): ...
"""
    found = functions_of(ast.parse(source))
    assert found["plain"] == Function(3, ("a", "c"), ("b", "d"))
    assert found["loose"] == Function(4, (), (), takes_any=True, takes_run=True)
    assert found["branch"] == Function(12, (), ())
    assert [n for n, f in found.items() if f is None] == ["wrapped", "Shape", "os", "z", "LIMIT"]


@pytest.mark.parametrize(
    ("source", "message"),
    [("def f(:\n", r"n\.py:1: invalid syntax"), ("a\0", r"n\.py:?\d?: .*null")],
)
def test_a_file_that_is_no_python_is_named(tmp_path: Path, source: str, message: str) -> None:
    (tmp_path / "n.py").write_text(source)
    with pytest.raises(InputError, match=message):
        parse_code(tmp_path / "n.py", "n.py")


def test_imports_within_the_project_are_followed(tmp_path: Path) -> None:
    write(
        tmp_path,
        flows__a__nodes="import os, shop.tools\nfrom near import x",
        shop__INIT="",
        shop__tools="from . import prices\nfrom .deep.down import y",
        shop__prices="import shop",
        shop__deep__down="",
        near="def x(): import late",
        late="",
        other="",
    )
    found = imported_files(tmp_path / "flows" / "a" / "nodes.py", tmp_path)
    assert [path.relative_to(tmp_path).as_posix() for path in found] == [
        "flows/a/nodes.py",
        "late.py",
        "near.py",
        "shop/__init__.py",
        "shop/deep/down.py",
        "shop/prices.py",
        "shop/tools.py",
    ]
