import sys
from collections import OrderedDict
from pathlib import Path

import pytest

from genaiops.errors import InputError, MissingExtra
from genaiops.resolve import load_attribute, load_extra, load_file_attribute


def test_a_dotted_name_gives_the_object() -> None:
    assert load_attribute("collections:OrderedDict") is OrderedDict
    assert load_attribute("collections:OrderedDict.fromkeys") == OrderedDict.fromkeys


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("collections", "write package.module:attribute"),
        (":x", "write package.module:attribute"),
        ("no_such_module_here:x", "there is no module 'no_such_module_here'"),
        ("collections.no_such:x", "there is no module 'collections.no_such'"),
        ("collections:OrderedDic", "did you mean 'OrderedDict'"),
    ],
)
def test_a_wrong_dotted_name_says_what_is_wrong(name: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        load_attribute(name)


def test_a_missing_extra_is_named_with_its_install_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "needs_more.py").write_text("import no_such_library\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(MissingExtra, match=r'a door needs an extra: pip install "genaiops\[all\]"'):
        load_extra("needs_more", "a door", "all")


def test_an_extra_that_is_there_is_the_module() -> None:
    assert load_extra("json", "JSON", "all").__name__ == "json"


def test_a_module_of_ours_that_is_missing_is_a_bug_and_no_missing_extra() -> None:
    with pytest.raises(ModuleNotFoundError):
        load_extra("genaiops.no_such_part", "a part", "all")


def test_a_file_gives_its_function_and_leaves_the_path_and_the_folder_alone(tmp_path: Path) -> None:
    nodes = tmp_path / "nodes.py"
    nodes.write_text("def clean(text):\n    return text.strip()\n")
    path_before = list(sys.path)
    clean = load_file_attribute(nodes, "clean")
    assert callable(clean)
    assert clean(" a ") == "a"
    assert sys.path == path_before
    assert [found.name for found in tmp_path.iterdir()] == ["nodes.py"]


def test_a_file_runs_once_and_again_when_it_changed(tmp_path: Path) -> None:
    nodes = tmp_path / "nodes.py"
    nodes.write_text("marks = []\nword = 'old'\n")
    assert load_file_attribute(nodes, "marks") is load_file_attribute(nodes, "marks")
    nodes.write_text("marks = []\nword = 'new'\n")
    assert load_file_attribute(nodes, "word") == "new"


def test_two_files_of_one_name_do_not_meet(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "nodes.py").write_text("place = __file__\n")
    places = [load_file_attribute(tmp_path / folder / "nodes.py", "place") for folder in "ab"]
    assert len(set(places)) == 2


def test_planted_bytecode_is_not_run(tmp_path: Path) -> None:
    nodes = tmp_path / "nodes.py"
    nodes.write_text("word = 'source'\n")
    cache = tmp_path / "__pycache__"
    cache.mkdir()
    (cache / f"nodes.{sys.implementation.cache_tag}.pyc").write_bytes(b"garbage")
    assert load_file_attribute(nodes, "word") == "source"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def broken(:\n", r"nodes\.py:1: invalid syntax"),
        ("a = 1\nraise ValueError('no')\n", r"nodes\.py:2: .* does not load: ValueError: no"),
        ("import no_such_library\n", "imports 'no_such_library', which is not installed"),
        ("def cleen(): ...\n", "unknown attribute of .*nodes.py 'clean'; did you mean 'cleen'"),
    ],
    ids=["syntax", "raises", "import", "attribute"],
)
def test_a_file_that_does_not_load_says_where(tmp_path: Path, source: str, words: str) -> None:
    nodes = tmp_path / "nodes.py"
    nodes.write_text(source)
    with pytest.raises(InputError, match=words):
        load_file_attribute(nodes, "clean")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nodes\.py: cannot be read: No such file"):
        load_file_attribute(tmp_path / "nodes.py", "clean")


def test_a_door_that_lacks_its_extra_says_so_itself(tmp_path: Path) -> None:
    door = tmp_path / "door.py"
    door.write_text(
        "from genaiops.errors import MissingExtra\nraise MissingExtra('the door', 'local')\n"
    )
    with pytest.raises(MissingExtra, match=r"the door needs an extra: .*genaiops\[local\]"):
        load_file_attribute(door, "anything")
