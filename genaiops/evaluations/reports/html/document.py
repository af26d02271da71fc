"""The frame of a page: one file that runs nothing and asks nobody for anything."""

from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from importlib.resources import files

from genaiops.evaluations.reports.html.filters import Filter, filter_css
from genaiops.evaluations.reports.html.markup import Html, element, empty, join, style


def opening(title: str, filters: Iterable[Filter], more_css: str = "") -> Html:
    """From the doctype to the beginning of the body; the style is allowed by its hash alone."""
    sheet = f"{_style_sheet()}\n{filter_css(filters)}\n{more_css}"
    return join(
        [
            Html('<!doctype html>\n<html lang="en">\n<head>\n'),
            empty("meta", charset="utf-8"),
            empty("meta", http_equiv="Content-Security-Policy", content=_policy(sheet)),
            empty("meta", name="referrer", content="no-referrer"),
            empty("meta", name="viewport", content="width=device-width, initial-scale=1"),
            empty("meta", name="color-scheme", content="light dark"),
            element("title", title),
            Html("\n"),
            style(sheet),
            Html("\n</head>\n<body>\n"),
        ]
    )


def closing() -> Html:
    """The end of the body and of the file."""
    return Html("</body>\n</html>\n")


def _policy(sheet: str) -> str:
    digest = b64encode(sha256(sheet.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none';"
        " form-action 'none'"
    )


def _style_sheet() -> str:
    place = files("genaiops.evaluations.reports.html") / "style.css"
    return place.read_text("utf-8").rstrip("\n")
