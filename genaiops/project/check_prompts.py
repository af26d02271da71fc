"""Prompt files of prompt nodes: there, sound, and given the variables that they name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from genaiops.errors import Fault, InputError, SpecError, TemplateError, suggest
from genaiops.project.code import project_file
from genaiops.prompts import Prompt, load_prompt
from genaiops.specs.catalog import Capability
from genaiops.specs.document import Document
from genaiops.specs.document import Path as Keys
from genaiops.specs.flow import PromptNode

_PLACE = re.compile(r"(?P<file>.+?):(?P<line>\d+): (?P<message>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class PromptFile:
    """The prompt file of a node: read, or with the reason why it could not be."""

    node: PromptNode
    shown: str
    read: Prompt | InputError

    @classmethod
    def of(cls, node: PromptNode, *, folder: Path, root: Path) -> Self:
        """Read the file that a node names, from the folder of its flow."""
        path = folder / node.prompt
        shown = path.relative_to(root).as_posix() if path.is_relative_to(root) else node.prompt
        try:
            return cls(node, shown, load_prompt(project_file(path, root), shown))
        except (SpecError, TemplateError) as error:
            return cls(node, shown, error)
        except InputError as error:
            near = [p.relative_to(folder).as_posix() for p in sorted(folder.rglob("*.md"))]
            hint = "" if path.is_file() else suggest(node.prompt, near)
            return cls(node, shown, InputError(f"{error}{hint}"))

    @property
    def needs(self) -> frozenset[Capability]:
        """What a model must be able to do for this node."""
        needs: set[Capability] = {"tools"} if self.node.tools else set()
        if isinstance(self.read, Prompt) and self.read.spec.response_schema is not None:
            needs.add("json_schema")
        return frozenset(needs)

    def faults(self, document: Document, path: Keys) -> Iterator[Fault]:
        """The faults of the file, and of what `with` gives it; `path` is the node's."""
        match self.read:
            case SpecError() as error:
                yield from error.faults
            case TemplateError() as error:
                yield _located(error, self.shown)
            case InputError() as error:
                yield document.fault((*path, "prompt"), str(error))
            case Prompt() as prompt:
                yield from self._variable_faults(prompt, document, path)

    def _variable_faults(self, prompt: Prompt, document: Document, path: Keys) -> Iterator[Fault]:
        given = self.node.with_
        for name in sorted(prompt.required - given.keys()):
            told = f"{self.shown} needs the variable {name!r}, which `with` does not give"
            hint = suggest(name, given) if given else ""
            yield document.fault((*path, "with"), f"{told}{hint}")
        for name in given:
            if name not in prompt.variables:
                known = prompt.variables
                hint = suggest(name, known) if known else ": it has no variables"
                told = f"{self.shown} does not use {name!r}{hint}"
                yield document.fault((*path, "with", name), told, warning=True)


def _located(error: TemplateError, shown: str) -> Fault:
    """The fault of a message that begins with `file:line:`."""
    match = _PLACE.match(str(error))
    if match and match["file"] == shown:
        return Fault(shown, int(match["line"]), 1, match["message"])
    return Fault(shown, 1, 1, str(error).removeprefix(f"{shown}: "))
