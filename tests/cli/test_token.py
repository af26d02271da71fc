import json
import stat

import pytest

from genaiops.serve.access import token_hash
from tests.cli.terminal import Terminal
from tests.pages import DOCS, follow

FILE = ".genaiops/tokens.json"


def test_a_token_is_shown_once_and_kept_as_a_hash_that_only_its_owner_reads(
    library: Terminal,
) -> None:
    token = library.ok("token", "add", "shop").strip()
    written = (library.root / FILE).read_text("utf-8")
    assert token.startswith("gao_")
    assert token not in written
    assert token_hash(token) in written
    assert stat.S_IMODE((library.root / FILE).stat().st_mode) == 0o600
    assert token not in library.ok("token", "list")


def test_tokens_are_listed_with_their_roles_and_ends(library: Terminal) -> None:
    library.ok("token", "add", "shop", "--days", "30")
    library.ok("token", "add", "graphs", "--role", "observer")
    rows = [line.split() for line in library.ok("token", "list").splitlines()]
    assert [row[:2] for row in rows[1:]] == [["shop", "caller"], ["graphs", "observer"]]
    assert rows[2][2] == "never"
    listed = json.loads(library.ok("token", "list", "--json"))
    assert [sorted(entry) for entry in listed] == [["expires", "name", "role"]] * 2


def test_a_token_is_taken_back_by_its_name(library: Terminal) -> None:
    library.ok("serve", "token", "add", "shop")
    library.ok("token", "remove", "shop")
    assert "there are none" in library("token", "list").err
    done = library("token", "remove", "shop")
    assert (done.code, "unknown token 'shop'" in done.err) == (2, True)


@pytest.mark.parametrize("name", ["", "a b", "../x", "x" * 65])
def test_a_name_that_is_none_is_refused(library: Terminal, name: str) -> None:
    assert library("token", "add", name).code == 2
    assert not (library.root / FILE).exists()


def test_a_name_is_given_once(library: Terminal) -> None:
    library.ok("token", "add", "shop")
    done = library("token", "add", "shop")
    assert done.code == 2
    assert "token 'shop' is there" in done.err


def test_a_file_that_is_damaged_lets_nobody_in(library: Terminal) -> None:
    library.ok("token", "add", "shop")
    (library.root / FILE).write_text('[{"name": "shop"}]', "utf-8")
    for words in (("token", "list"), ("serve",)):
        done = library(*words)
        assert done.code == 2
        assert "is no list of tokens" in done.err


def test_tokens_are_given_out_and_taken_back_as_the_page_shows(library: Terminal) -> None:
    follow(DOCS / "serve.md", library)
    rows = library.ok("token", "list").splitlines()
    assert [row.split()[0] for row in rows] == ["name", "graphs"]
