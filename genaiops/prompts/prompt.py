"""A prompt file: front matter, and a body that is cut into messages before anything is rendered."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from genaiops.digests import digest
from genaiops.errors import Fault, SpecError, TemplateError
from genaiops.prompts.bounds import Work, plain_values
from genaiops.prompts.template import Template
from genaiops.records import Message
from genaiops.specs.json_schema import check_schema
from genaiops.specs.load import MAX_BYTES, parse_yaml, read_text, validate
from genaiops.specs.prompt import PromptSpec

Role = Literal["system", "user", "assistant"]
_HEADINGS: dict[str, Role] = {
    "# system": "system",
    "# user": "user",
    "# assistant": "assistant",
}
_FENCE = "---"
_MAX_CHARACTERS = 200_000
_MAX_MESSAGES = 200


@dataclass(frozen=True, slots=True)
class _Part:
    """The template of one message."""

    role: Role
    template: Template


@dataclass(frozen=True, slots=True)
class Prompt:
    """A template of chat messages.

    `variables` are all that it names, `required` those that it cannot do without; the others are
    asked for by `is defined` or `default` only.
    """

    shown: str
    spec: PromptSpec
    digest: str
    variables: frozenset[str]
    required: frozenset[str]
    _parts: tuple[_Part, ...]

    def render(self, values: Mapping[str, object]) -> tuple[Message, ...]:
        """The messages, with plain JSON values put in; what a value says stays data.

        A system message that comes out empty is left out.

        Raises:
            TemplateError: with file and line, what does not fit.
        """
        try:
            plain = plain_values(values)
        except TemplateError as error:
            raise TemplateError(f"{self.shown}: {error}") from None
        work = Work()
        rendered = [
            Message(role=part.role, content=part.template.render(plain, work))
            for part in self._parts
        ]
        return tuple(each for each in rendered if each.role != "system" or each.content.strip())


def load_prompt(path: Path, shown: str) -> Prompt:
    """Read a prompt file; `shown` is its name in messages.

    Raises:
        SpecError: the file is missing, too large, not UTF-8, or its front matter does not fit.
        TemplateError: the body is no template, or empty.
    """
    return parse_prompt(read_text(path, shown, max_bytes=MAX_BYTES), shown)


def parse_prompt(text: str, shown: str) -> Prompt:
    """Make a prompt of the text of its file.

    Raises:
        SpecError: the front matter does not fit.
        TemplateError: the body is no template, is empty, or is too large.
    """
    lines = text.split("\n")
    if (
        len(text) > _MAX_CHARACTERS
        or sum(line.rstrip() in _HEADINGS for line in lines) > _MAX_MESSAGES
    ):
        raise TemplateError(
            f"{shown}: a prompt file has at most {_MAX_CHARACTERS:,} characters and "
            f"{_MAX_MESSAGES} messages; give long texts as values"
        )
    first = 0
    spec = PromptSpec()
    if lines[0].rstrip() == _FENCE:
        first = _end_of_front_matter(lines, shown)
        spec = _front_matter("\n".join(lines[1 : first - 1]), shown)
    sections = list(_sections(lines, first))
    parts = tuple(
        _Part(role, Template(body, shown=shown, first_line=line)) for role, line, body in sections
    )
    if not parts:
        raise TemplateError(f"{shown}: the prompt is empty; write the text of a message")
    variables = frozenset[str]().union(*(part.template.variables for part in parts))
    optional = frozenset[str]().union(*(part.template.optional for part in parts))
    return Prompt(
        shown=shown,
        spec=spec,
        digest=digest([spec.digest, [[role, body] for role, _, body in sections]]),
        variables=variables,
        required=variables - optional,
        _parts=parts,
    )


def _end_of_front_matter(lines: list[str], shown: str) -> int:
    """The number of lines up to and with the second fence."""
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == _FENCE:
            return number + 1
    raise SpecError([Fault(shown, 1, 1, "the front matter has no end; add a line `---`")])


def _front_matter(text: str, shown: str) -> PromptSpec:
    document = parse_yaml(text, shown, first_line=2)
    if document.value is None:
        return PromptSpec()
    spec = validate(document, PromptSpec)
    faults = [
        document.fault(("response_schema", *fault.path), fault.message)
        for fault in check_schema(spec.response_schema or {})
    ]
    if faults:
        raise SpecError(faults)
    return spec


def _sections(lines: list[str], first: int) -> Iterator[tuple[Role, int, str]]:
    """Role, line of the file and text of each message; what comes before a heading is the user's.

    Blank lines around a text are no part of it.
    """
    role: Role = "user"
    start = first
    headed = False
    for number in range(first, len(lines) + 1):
        heading = _HEADINGS.get(lines[number].rstrip()) if number < len(lines) else None
        if number < len(lines) and heading is None:
            continue
        text, skipped = _trimmed(lines[start:number])
        if text or headed:
            yield role, start + skipped + 1, text
        role, start, headed = heading or role, number + 1, True


def _trimmed(lines: list[str]) -> tuple[str, int]:
    """The lines without blank ones at both ends, and how many were left out in front."""
    written = [number for number, line in enumerate(lines) if line.strip()]
    if not written:
        return "", 0
    return "\n".join(lines[written[0] : written[-1] + 1]), written[0]
