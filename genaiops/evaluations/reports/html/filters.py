"""Links that show only some cases, by `:target` and sibling selectors: no script."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue

from genaiops.digests import canonical_json
from genaiops.evaluations.reports.html.harm import MARKS, Standing
from genaiops.evaluations.reports.html.markup import Html, element, fold, join, slug
from genaiops.records import Case

EVERY = "case"
_MAX_VALUES = 12
_MAX_CLASSES = 400
_MAX_OPEN = 12
_ON = "background:var(--text);color:var(--page);border-color:var(--text)"
_WORDS = {
    "worse": "▼ worse",
    "better": "▲ better",
    "unstable": "~ unstable",
    "failed": "✗ failed",
    "low": "low score",
    "missing": "score missing",
}


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter: its anchor, the class of the cases that it shows, its words, and how many."""

    anchor: str
    kind: str
    words: str
    cases: int


@dataclass(slots=True)
class Filters:
    """Gathers the classes of cases while they stream by; tags get classes of their own."""

    _tags: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    _counts: Counter[str] = field(default_factory=Counter[str])

    def kinds_of(self, case: Case, standing: Standing) -> tuple[str, ...]:
        """The classes of a case; every case has the first."""
        kinds = (EVERY, *standing.marks, *dict.fromkeys(self._tag_kinds(case.tags)))
        self._counts.update(kinds)
        return kinds

    def found(self) -> Sequence[Filter]:
        """The filters that show at least one case: all, by how cases stand, by tags."""
        every = Filter("all", EVERY, "all", self._counts[EVERY])
        marks = [
            Filter(f"only-{mark}", mark, _WORDS[mark], self._counts[mark])
            for mark in MARKS
            if self._counts[mark]
        ]
        return [every, *marks, *self._tag_filters()]

    def _tag_kinds(self, tags: Mapping[str, JsonValue]) -> Iterator[str]:
        for name, value in tags.items():
            for item in value if isinstance(value, list) else [value]:
                told = item if isinstance(item, str) else canonical_json(item)
                key = (name, told)
                if key not in self._tags and len(self._tags) < _MAX_CLASSES:
                    self._tags[key] = f"t{len(self._tags)}"
                if key in self._tags:
                    yield self._tags[key]

    def _tag_filters(self) -> Iterator[Filter]:
        values = Counter(name for name, _ in self._tags)
        anchors = {"tag"}
        for (name, value), kind in sorted(self._tags.items()):
            if values[name] > _MAX_VALUES:
                continue
            anchor = unique(f"tag-{slug(name)}-{slug(value)}", anchors)
            yield Filter(anchor, kind, f"{name}: {value}", self._counts[kind])


def unique(wanted: str, taken: set[str]) -> str:
    """A name that nobody has yet; it is taken then."""
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted}-{number}"
    taken.add(name)
    return name


def filter_css(filters: Iterable[Filter]) -> str:
    """The rules that hide what a filter does not show, and mark the filter that is on."""
    return "\n".join(
        f"#{each.anchor}:target~.cases>:not(.{each.kind}){{display:none}}\n"
        f':root:has(#{each.anchor}:target) .filters a[href="#{each.anchor}"]{{{_ON}}}'
        for each in filters
    )


def filter_links(filters: Sequence[Filter], here: Counter[str]) -> Html:
    """The anchors, which must stand before the cases as their siblings, and the links to them.

    Args:
        filters: of all cases.
        here: how many cases of this page have each class.
    """
    anchors = [element("span", id=each.anchor, class_="anchor") for each in filters]
    links = {each: _link(each, here[each.kind]) for each in filters}
    tags = [each for each in filters if each.anchor.startswith("tag-")]
    if len(tags) > _MAX_OPEN:
        folded = [fold("by tag", element("ul", *(links.pop(each) for each in tags)))]
    else:
        folded = []
    listed = element("ul", *links.values())
    nav = element("nav", listed, *folded, class_="filters", aria_label="Show cases")
    return join([*anchors, nav])


def _link(each: Filter, here: int) -> Html:
    size = f"{each.cases:,}" if here == each.cases else f"{here:,} of {each.cases:,} here"
    number = element("span", size, class_="count")
    return element("li", element("a", each.words, " ", number, href=f"#{each.anchor}"))
