from pathlib import Path

import pytest

from genaiops.errors import InputError, TrustError
from genaiops.trust import OWN_CODE, TrustBook, Want, require, wants_digest

CODE = Want("file", "flows/a/nodes.py", "1" * 64)
HOST = Want("host", "api.example.com")
KEY = Want("variable", "API_KEY")


@pytest.fixture
def book(tmp_path: Path) -> TrustBook:
    return TrustBook(tmp_path / "user" / "trust.json")


def test_a_project_that_wants_nothing_is_never_asked(book: TrustBook, tmp_path: Path) -> None:
    require((), book, root=tmp_path)


def test_what_is_new_is_listed(book: TrustBook, tmp_path: Path) -> None:
    book.trust(tmp_path, [HOST])
    with pytest.raises(TrustError) as caught:
        require([CODE, HOST, KEY], book, root=tmp_path)
    assert caught.value.wants == (
        "run the Python file flows/a/nodes.py (sha256 111111111111…)",
        "read the environment variable API_KEY",
    )


def test_what_was_trusted_once_stays_trusted(book: TrustBook, tmp_path: Path) -> None:
    book.trust(tmp_path, [CODE])
    book.trust(tmp_path, [HOST, KEY])
    require([CODE, HOST, KEY], book, root=tmp_path)


@pytest.mark.parametrize(
    "changed",
    [
        Want("file", CODE.name, "2" * 64),
        Want("host", "api.example.com:8443"),
        Want("variable", "API_KEY_2"),
    ],
    ids=["one byte of code", "another port", "another variable"],
)
def test_a_change_asks_again(book: TrustBook, tmp_path: Path, changed: Want) -> None:
    book.trust(tmp_path, [CODE, HOST, KEY])
    with pytest.raises(TrustError):
        require([changed], book, root=tmp_path)


def test_changed_code_is_called_changed_and_its_former_content_is_forgotten(
    book: TrustBook, tmp_path: Path
) -> None:
    edited = Want("file", CODE.name, "2" * 64)
    book.trust(tmp_path, [CODE])
    with pytest.raises(TrustError, match="changed since it was trusted"):
        require([edited], book, root=tmp_path)
    book.trust(tmp_path, [edited])
    with pytest.raises(TrustError):
        require([CODE], book, root=tmp_path)


def test_trust_is_for_one_folder(book: TrustBook, tmp_path: Path) -> None:
    book.trust(tmp_path / "a", [HOST])
    with pytest.raises(TrustError):
        require([HOST], book, root=tmp_path / "b")
    book.forget(tmp_path / "a")
    with pytest.raises(TrustError):
        require([HOST], book, root=tmp_path / "a")


def test_the_digest_of_the_wants_is_enough_wherever_the_project_stands(
    book: TrustBook, tmp_path: Path
) -> None:
    require([KEY, CODE], book, root=tmp_path, allowed_digest=wants_digest([CODE, KEY, CODE]))
    with pytest.raises(TrustError):
        require([KEY, CODE], book, root=tmp_path, allowed_digest=wants_digest([KEY]))


def test_the_book_is_its_users_own(book: TrustBook, tmp_path: Path) -> None:
    book.trust(tmp_path, [HOST])
    assert (tmp_path / "user" / "trust.json").stat().st_mode & 0o077 == 0
    assert [path.name for path in (tmp_path / "user").iterdir()] == ["trust.json"]


@pytest.mark.parametrize("content", ["", "[]", '{"/x": [{"kind": "host"}]}', "\udcff"])
def test_a_damaged_book_trusts_nothing_and_says_so(tmp_path: Path, content: str) -> None:
    path = tmp_path / "trust.json"
    path.write_text(content, "utf-8", errors="surrogateescape")
    with pytest.raises(InputError, match="remove the file"):
        require([HOST], TrustBook(path), root=tmp_path)


def test_who_writes_the_code_is_asked_for_hosts_and_variables_only(tmp_path: Path) -> None:
    book = TrustBook(tmp_path / "trust.json")
    book.trust(tmp_path, [OWN_CODE])
    require([Want("file", "app.py", "1" * 64)], book, root=tmp_path)
    require([Want("file", "app.py", "2" * 64)], book, root=tmp_path)
    with pytest.raises(TrustError, match=r"reach far\.example"):
        require(
            [Want("file", "app.py", "3" * 64), Want("host", "far.example")], book, root=tmp_path
        )
    with pytest.raises(TrustError):
        require([Want("file", "app.py", "1" * 64)], book, root=tmp_path / "other")
