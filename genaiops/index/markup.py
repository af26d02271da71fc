"""HTML to plain text with Markdown headings: what a reader sees, and nothing that runs."""

import re
from html.parser import HTMLParser

_SILENT = frozenset({"script", "style", "template", "noscript", "svg", "title"})
_LINES = frozenset({"br", "tr", "li", "dt", "dd", "option", "figcaption", "caption"})
_BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "details", "div", "dl", "fieldset",
        "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "main",
        "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "thead", "ul",
    }
)  # fmt: skip
_CELLS = frozenset({"td", "th"})
_HEADING = re.compile(r"h([1-6])\Z")


def html_text(markup: str) -> str:
    """The text of an HTML page; offsets of passages count in this text.

    Blocks are parted by an empty line, list items and table rows by a line break, cells by a tab;
    white space in a line is folded, except inside of `pre`; a heading is marked as in Markdown.
    """
    reader = _TextReader()
    reader.feed(markup)
    reader.close()
    return reader.text()


class _TextReader(HTMLParser):
    """Gathers text; breaks are kept back until text follows them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._gap = ""
        self._silent = 0
        self._pre = 0

    def text(self) -> str:
        return "".join(self._parts)

    def handle_starttag(
        self,
        tag: str,
        attrs: list[tuple[str, str | None]],  # noqa: ARG002  html.parser hands it over
    ) -> None:
        if tag in _SILENT:
            self._silent += 1
        self._pre += tag == "pre"
        self._break_for(tag)
        heading = _HEADING.match(tag)
        if heading:
            self._add("#" * int(heading[1]))
            self._widen(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        if tag == "pre":
            self._pre = max(0, self._pre - 1)
        if tag not in _CELLS:
            self._break_for(tag)

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if self._pre:
            self._add(data)
            return
        words = data.split()
        if data[:1].isspace():
            self._widen(" ")
        if words:
            self._add(" ".join(words))
        if data[-1:].isspace():
            self._widen(" ")

    def _break_for(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._widen("\n\n")
        elif tag in _LINES:
            self._widen("\n")
        elif tag in _CELLS:
            self._widen("\t")

    def _widen(self, gap: str) -> None:
        """Keep the wider of two gaps: an empty line, a line break, a tab, a space."""
        self._gap = max(self._gap, gap, key=_WIDTHS.index)

    def _add(self, text: str) -> None:
        if self._silent or not text:
            return
        if self._parts:
            self._parts.append(self._gap)
        self._gap = ""
        self._parts.append(text)


_WIDTHS = ("", " ", "\t", "\n", "\n\n")
