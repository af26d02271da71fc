"""The one renderer: sandboxed, strict, over plain values, with counted work."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import cast

import jinja2
from jinja2 import nodes
from jinja2.meta import find_undeclared_variables
from pydantic import JsonValue

from genaiops.errors import TemplateError, suggest
from genaiops.prompts.bounds import MAX_OUTPUT, Work
from genaiops.prompts.environment import NoVariable, RenderContext, environment
from genaiops.prompts.syntax import Refused, check_syntax, count_work, optional_names

_LONE_TAG = re.compile(
    r"([ \t]*)(\{%(?![-+])|\{#(?![-+]))((?:(?!%\}|#\}|\{%|\{\{).)*)(%\}|#\})[ \t]*"
)
_FAULTS: tuple[type[Exception], ...] = (
    *(jinja2.TemplateError, ArithmeticError, AttributeError, LookupError, RecursionError),
    *(TypeError, ValueError, MemoryError, SyntaxError),
)


@dataclass(frozen=True, slots=True)
class _Name:
    """A variable that is written out."""

    name: str


class Template:
    """A compiled piece of a prompt file.

    Args:
        source: the template's text.
        shown: the file's name in messages.
        first_line: the line of the file on which the text begins.

    Raises:
        TemplateError: it does not parse, or says what is not available.
    """

    def __init__(self, source: str, *, shown: str, first_line: int = 1) -> None:
        self._shown = shown
        self._first_line = first_line
        try:
            tree = environment().parse(_without_lone_tags(source))
            check_syntax(tree)
            self.variables = frozenset(find_undeclared_variables(tree) - {"range"})
            self.optional = optional_names(tree)
            self._plain = _plain_pieces(tree)
            self._template = _compiled(tree)
        except Refused as error:
            raise self._located(error, error.line) from None
        except _FAULTS as error:
            is_placed = isinstance(error, jinja2.TemplateSyntaxError)
            raise self._located(error, error.lineno if is_placed else 1) from error

    def render(self, values: dict[str, JsonValue], work: Work) -> str:
        """Fill in plain values that `plain_values` made.

        Raises:
            TemplateError: a variable or field is missing, a filter or operator does not fit its
                value, or the work or the output is too large.
        """
        text = _put_together(self._plain, values)
        if text is not None:
            return text
        context = cast("RenderContext", self._template.new_context(dict(values)))
        context.work = work
        try:
            return "".join(_bounded(self._template.root_render_func(context)))
        except NoVariable as error:
            line = _line_of(error.__traceback__)
            known = suggest(error.message or "", values) if values else "; none were given"
            message = f"no variable {error.message!r}{known}"
            raise TemplateError(f"{self._place(line)}: {message}") from None
        except TemplateError as error:
            raise self._located(error, _line_of(error.__traceback__)) from None
        except _FAULTS as error:
            raise self._located(error, _line_of(error.__traceback__)) from error

    def _located(self, error: BaseException, line: int) -> TemplateError:
        message = getattr(error, "message", None) or str(error) or type(error).__name__
        if isinstance(error, RecursionError | MemoryError):
            message = "the template is nested too deep"
        if "end of comment" in message or "innermost block" in message:
            message += "; a tag or comment cannot reach over a role heading"
        return TemplateError(f"{self._place(line)}: {message}")

    def _place(self, line: int) -> str:
        return f"{self._shown}:{self._first_line + line - 1}"


def _compiled(tree: nodes.Template) -> jinja2.Template:
    sandbox = environment()
    count_work(tree)
    tree.set_environment(sandbox)
    code = sandbox.compile(tree, filename="<prompt>")
    return sandbox.template_class.from_code(sandbox, code, sandbox.globals)


def _plain_pieces(tree: nodes.Template) -> tuple[str | _Name, ...] | None:
    """The texts and names of a template that holds nothing else, as most do."""
    pieces: list[str | _Name] = []
    for part in tree.body:
        for node in part.nodes if isinstance(part, nodes.Output) else (None,):
            match node:
                case nodes.TemplateData():
                    pieces.append(node.data)
                case nodes.Name():
                    pieces.append(_Name(node.name))
                case _:
                    return None
    return tuple(pieces)


def _put_together(
    pieces: tuple[str | _Name, ...] | None, values: Mapping[str, JsonValue]
) -> str | None:
    """What jinja would make of texts and names; None where it has to, or to refuse something."""
    if pieces is None:
        return None
    texts: list[str] = []
    for piece in pieces:
        text = values.get(piece.name) if isinstance(piece, _Name) else piece
        if not isinstance(text, str):
            return None
        texts.append(text)
    whole = "".join(texts)
    return whole if len(whole) <= MAX_OUTPUT else None


def _bounded(pieces: Iterator[str]) -> Iterator[str]:
    written = 0
    for piece in pieces:
        written += len(piece)
        if written > MAX_OUTPUT:
            raise TemplateError(f"the prompt is longer than {MAX_OUTPUT:,} characters")
        yield piece


def _line_of(traceback: TracebackType | None) -> int:
    """The line of the template on which the innermost frame of a rendering stood."""
    line = 1
    while traceback is not None:
        template = cast("Mapping[str, object]", traceback.tb_frame.f_globals).get(
            "__jinja_template__"
        )
        if isinstance(template, jinja2.Template):
            line = template.get_corresponding_lineno(traceback.tb_lineno)
        traceback = traceback.tb_next
    return line


def _without_lone_tags(source: str) -> str:
    """Let a line that holds one tag and nothing else leave nothing.

    The indentation and the line feed are moved into the tag, so that lines keep their numbers.
    """
    lines, is_raw = source.split("\n"), False
    for number, line in enumerate(lines[:-1]):
        found = None if is_raw else _LONE_TAG.fullmatch(line)
        if found and found[3].strip() not in {"raw", "endraw"} and found[3][-1:] not in {"-", "+"}:
            indent, opening, inside, closing = found.groups()
            lines[number] = f"{opening}{indent}{inside}\n{closing}"
        else:
            lines[number] = line + "\n"
        is_raw = _ends_in_raw(line, is_raw=is_raw)
    return "".join(lines)


def _ends_in_raw(line: str, *, is_raw: bool) -> bool:
    tags = re.findall(r"\{%[-+]?\s*(raw|endraw)\s*[-+]?%\}", line)
    return tags[-1] == "raw" if tags else is_raw
