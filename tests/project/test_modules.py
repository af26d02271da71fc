"""How the Python code of a project finds its own modules."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from genaiops.errors import InputError
from genaiops.project.code import find_code
from genaiops.project.modules import load_own


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    modules, finders, path = dict(sys.modules), list(sys.meta_path), list(sys.path)
    yield
    assert sys.path == path
    for name in set(sys.modules) - set(modules):
        del sys.modules[name]
    sys.modules.update(modules)
    sys.meta_path[:] = finders


def called(root: Path, text: str, folder: str = "") -> object:
    code = find_code(text, folder=root / folder, root=root)
    assert code.file is not None
    function = load_own(code, code.file, root)
    assert callable(function)
    return function()


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def test_a_function_finds_what_stands_beside_it(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        {
            "app.py": "import words_of_app as w\ndef answer(): return w.hello()",
            "words_of_app.py": "def hello():\n    import late_of_app\n    return late_of_app.SAID",
            "late_of_app.py": "SAID = 'late'",
        },
    )
    assert called(root, "app:answer") == called(root, "app.py:answer") == "late"


def test_a_package_imports_from_itself_with_or_without_init(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        {
            "shop_a/tools.py": "from .prices import P\nfrom shop_b import Q\ndef f(): return P + Q",
            "shop_a/prices.py": "P = 1",
            "shop_b/__init__.py": "from shop_b.deep import Q",
            "shop_b/deep.py": "Q = 2",
            "flows/a/nodes.py": "from shop_a.prices import P\ndef f(): return P",
        },
    )
    assert called(root, "shop_a.tools:f") == 3
    assert called(root, "nodes.py:f", "flows/a") == 1


@pytest.mark.parametrize("text", ["app:f", "app.py:f"])
def test_what_was_changed_is_loaded_anew_with_all_that_holds_on_to_it(
    tmp_path: Path, text: str
) -> None:
    files = {"app.py": "from mid_x import f", "mid_x.py": "from low_x import N\ndef f(): return N"}
    root = write(tmp_path, {**files, "low_x.py": "N = 1"})
    assert called(root, text) == 1
    write(root, {"low_x.py": "N = 2"})
    assert called(root, text) == 2
    write(root, {"app.py": "def f(): return 3"})
    assert called(root, text) == 3


def test_each_project_has_its_own_modules(tmp_path: Path) -> None:
    for name in ("one", "two"):
        app = "import beside_x\ndef f(): return beside_x.NAME"
        write(tmp_path / name, {"app.py": app, "beside_x.py": f"NAME = {name!r}"})
    write(tmp_path / "none", {"app.py": "def f():\n    import beside_x"})
    for name in ("one", "two", "one"):
        assert called(tmp_path / name, "app:f") == name
    with pytest.raises(ModuleNotFoundError):
        called(tmp_path / "none", "app:f")


@pytest.mark.parametrize("text", ["app:f", "app.py:f", "shop_y.tools:f"])
def test_projects_in_turns_keep_what_each_of_them_has_loaded(tmp_path: Path, text: str) -> None:
    said: dict[str, list[object]] = {"one": [], "two": []}
    for name in said:
        late = "def f():\n    import late_y\n    return late_y.NAME, late_y.STATE"
        files = {"app.py": late, "shop_y/tools.py": late}
        write(tmp_path / name, {**files, "late_y.py": f"NAME = {name!r}\nSTATE = object()"})
    for name in ("one", "two", "one", "two"):
        said[name].append(called(tmp_path / name, text))
    for name, found in said.items():
        assert found[0] == found[1], "a module that did not change is not loaded again"
        assert found[0][0] == name


def test_a_change_of_one_project_leaves_what_another_has_loaded(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write(tmp_path / name, {"app.py": "import kept_y\ndef f(): return kept_y.STATE"})
        write(tmp_path / name, {"kept_y.py": "STATE = object()"})
    state = called(tmp_path / "one", "app.py:f")
    called(tmp_path / "two", "app.py:f")
    write(tmp_path / "two", {"kept_y.py": "STATE = 2"})
    assert called(tmp_path / "two", "app.py:f") == 2
    assert called(tmp_path / "one", "app.py:f") is state


def test_a_file_that_no_statement_imports_is_nobodys_module(tmp_path: Path) -> None:
    root = write(tmp_path, {"app.py": "def f(): return 1", "lonely_x.py": "", "colorsys.py": "1/0"})
    assert called(root, "app:f") == 1
    with pytest.raises(ModuleNotFoundError):
        __import__("lonely_x")
    assert __import__("colorsys").rgb_to_hsv(0, 0, 0) == (0.0, 0.0, 0)


def test_a_name_that_the_process_has_from_elsewhere_is_loaded_beside_it(tmp_path: Path) -> None:
    root = write(tmp_path, {"json.py": "def f(): return 'own'"})
    kept = sys.modules["json"]
    assert called(root, "json:f") == "own"
    assert sys.modules["json"] is kept


def test_code_that_does_not_load_is_named(tmp_path: Path) -> None:
    root = write(tmp_path, {"app_x.py": "import nowhere_x", "bad_x.py": "1/0"})
    with pytest.raises(InputError, match="app_x does not load: it imports 'nowhere_x', which is"):
        called(root, "app_x:f")
    with pytest.raises(InputError, match=r"bad_x\.py:1: bad_x does not load: ZeroDivisionError"):
        called(root, "bad_x:f")
