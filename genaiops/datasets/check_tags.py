"""What is wrong with the filter and the slices of an evaluation, by the tags that there are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from genaiops.datasets.dataset import Dataset
from genaiops.datasets.tags import distinct_texts, value_text
from genaiops.errors import suggest

_SHOWN_VALUES = 10
_SHOWN_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class TagProblem:
    """A sentence, and where it belongs in an evaluation's file: `("filter", "topic")`."""

    path: tuple[str | int, ...]
    message: str


def check_tags(
    dataset: Dataset, filter_: Mapping[str, JsonValue], slices: Sequence[str]
) -> tuple[TagProblem, ...]:
    """All that is wrong with a filter and with slices: tags and values that no case has."""
    places = [(("slices", place), tag) for place, tag in enumerate(slices)]
    places += [(("filter", tag), tag) for tag in filter_]
    known = dataset.names("tags")
    unknown = [TagProblem(path, _unknown(dataset, tag)) for path, tag in places if tag not in known]
    values = () if any(tag not in known for tag in filter_) else _values(dataset, filter_)
    return (*unknown, *values)


def _unknown(dataset: Dataset, tag: str) -> str:
    told = f"no case has the tag {tag!r}"
    if tag in dataset.names("inputs"):
        return f"{told}: {tag!r} is an input; call it 'tags.{tag}' in {dataset.shown}"
    return f"{told}{suggest(tag, dataset.names('tags'))}"


def _values(dataset: Dataset, filter_: Mapping[str, JsonValue]) -> Iterator[TagProblem]:
    """The values that no case has; else, where no case has all of them, that."""
    if not filter_ or any(dataset.cases(filter_, 1)):
        return
    wrong = [tag for tag, wanted in filter_.items() if not any(dataset.cases({tag: wanted}, 1))]
    for tag in wrong:
        told = f"no case has {tag} {_shown(value_text(filter_[tag]))}"
        yield TagProblem(("filter", tag), f"{told}; the values are {_known(dataset, tag)}")
    if not wrong:
        asked = " and ".join(f"{tag} {_shown(value_text(v))}" for tag, v in filter_.items())
        yield TagProblem(("filter",), f"no case has {asked} at once")


def _known(dataset: Dataset, tag: str) -> str:
    values = (case.tags[tag] for case in dataset.cases() if tag in case.tags)
    found = distinct_texts(values, _SHOWN_VALUES)
    told = ", ".join(_cut(text) for text in found[:_SHOWN_VALUES])
    return f"{told} and others" if len(found) > _SHOWN_VALUES else told


def _shown(text: str) -> str:
    return repr(_cut(text))


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"
