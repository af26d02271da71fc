import ast
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import genaiops.evaluations.reports.html as package
from genaiops.evaluations.reports.html.filters import unique
from genaiops.evaluations.reports.html.markup import Html, element, escape, html, join, slug, style

FOLDER = Path(package.__file__).parent


class Reader(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.data, self.tags, self.attributes = "", list[str](), dict[str, str | None]()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.update(attrs)

    def handle_data(self, data: str) -> None:
        self.data += data


_SEEN = st.characters(exclude_categories=["Cc", "Cf", "Cs", "Cn", "Zl", "Zp"])
_TAGS = range(0xE0000, 0xE1000)


@given(st.text(_SEEN.filter(lambda letter: ord(letter) not in _TAGS)))
def test_a_text_comes_out_as_it_went_in(text: str) -> None:
    read = Reader(element("p", text, title=text))
    assert read.data == text
    assert read.attributes == {"title": text}
    assert read.tags == ["p"]


@given(st.text())
def test_no_text_becomes_markup_or_stays_invisible(text: str) -> None:
    found = escape(text)
    assert not set(found) & set("<>\"'\r\x00\x1b\x7f\u202e\ud800")
    found.encode()
    assert Reader(f"<p>{found}</p>").tags == ["p"]


def test_what_is_invisible_is_shown_and_lines_stay_lines() -> None:
    assert escape("a\x1b[1m\u202eb\ud800\U000e0041") == "a\\x1b[1m\\u202eb\\ud800\\U000e0041"
    assert escape("a\r\nb\rc\u2028d\te") == "a\nb\nc\nd\te"


def test_markup_is_not_escaped_twice_and_text_always_is() -> None:
    assert element("b", html("<"), "<") == "<b>&lt;&lt;</b>"
    assert join(["a", Html("<br>")], "&") == "a&amp;<br>"
    assert isinstance(element("p"), Html)
    assert not isinstance(element("p") + "", Html)


def test_attributes_are_left_out_where_there_is_none() -> None:
    assert element("td", class_="n", data_label=None, aria_label="x") == (
        '<td class="n" aria-label="x"></td>'
    )


@given(st.text())
def test_an_anchor_is_plain(text: str) -> None:
    found = slug(text)
    assert found
    assert set(found) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert len(found) <= 60


def test_names_are_made_unique() -> None:
    taken = set[str]()
    assert [unique("a", taken) for _ in range(3)] == ["a", "a-2", "a-3"]


def test_a_style_sheet_cannot_end_its_element() -> None:
    with pytest.raises(ValueError, match="could end its own element"):
        style("a{content:'</style>'}")


def test_only_constants_become_markup_outside_of_the_module_that_makes_it() -> None:
    loose = [
        f"{path.name}:{node.lineno}"
        for path in FOLDER.glob("*.py")
        if path.name != "markup.py"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Html"
        and not all(isinstance(given, ast.Constant) for given in node.args)
    ]  # fmt: skip
    assert loose == []
