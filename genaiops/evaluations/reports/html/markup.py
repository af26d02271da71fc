"""HTML that cannot be broken by what stands in it: text is escaped unless it is `Html` already."""

import re
from collections.abc import Iterable

_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}
_ENTITIES = str.maketrans(_ESCAPES)
_INVISIBLE = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff"
)
_SPECIAL = re.compile(f"[{_INVISIBLE}\u2028\u2029&<>\"']")
_TO_SHOW = re.compile(f"[{_INVISIBLE}]")
_LINE_ENDS = re.compile("\r\n?|[\u2028\u2029]")
_SLUG = re.compile(r"[^a-z0-9]+")
_MAX_SLUG = 60


class Html(str):
    """Markup that this module made; everything else that is put into a page is text."""

    __slots__ = ()


def escape(text: str) -> Html:
    r"""The one way of text into a page, for elements and for attributes.

    What has no shape of its own or moves others (controls, direction overrides, invisible and
    unpaired code points) is shown as an escape such as `\x1b`; lines stay lines.
    """
    if _SPECIAL.search(text) is None:
        return Html(text)
    return Html(_TO_SHOW.sub(_shown, _LINE_ENDS.sub("\n", text)).translate(_ENTITIES))


def html(content: str) -> Html:
    """Markup as it is, text escaped."""
    return content if isinstance(content, Html) else escape(content)


def join(parts: Iterable[str], between: str = "") -> Html:
    """Parts one after the other, each escaped where it is text."""
    return Html(html(between).join([html(part) for part in parts]))


def element(name: str, /, *content: str, **attributes: str | None) -> Html:
    """An element with its content, escaped where it is text.

    Attributes are written with `_` for `-`; `class_` is `class`, and None leaves one out.
    """
    inside = "".join([html(part) for part in content])
    return Html(f"<{name}{_written(attributes)}>{inside}</{name}>")


def empty(name: str, /, **attributes: str | None) -> Html:
    """An element that has no content and no end, such as `meta`."""
    return Html(f"<{name}{_written(attributes)}>")


def style(css: str) -> Html:
    """A style sheet of our own making; it holds no text from outside.

    Raises:
        ValueError: it would end its element early.
    """
    if "<" in css:
        raise ValueError("a style sheet with '<' could end its own element")
    return Html(f"<style>{css}</style>")


def fold(summary: str, *content: str, class_: str | None = None) -> Html:
    """Content behind a line that opens it."""
    return element("details", element("summary", summary), *content, class_=class_)


def slug(text: str) -> str:
    """A name for an anchor: only a-z, 0-9 and single hyphens; unique names are the caller's."""
    return _SLUG.sub("-", text.lower()[: 4 * _MAX_SLUG]).strip("-")[:_MAX_SLUG].strip("-") or "x"


def _written(attributes: dict[str, str | None]) -> str:
    if not attributes:
        return ""
    return "".join(
        f' {name.rstrip("_").replace("_", "-")}="{html(value)}"'
        for name, value in attributes.items()
        if value is not None
    )


def _shown(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
