"""The blocks of README and docs, and a reader who writes their files and types their commands."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.cli.terminal import Terminal

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
DOCS = ROOT / "docs"
PAGES = (README, *sorted(DOCS.glob("**/*.md")))
WRITTEN = ": written"


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a page.

    `info` is what stands behind the fence, `mark` the comment in front of it: the name of the
    file that the block is, with `: written` behind it where a command is to have written it.
    """

    page: Path
    line: int
    mark: str
    info: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page: Path) -> Iterator[Block]:
    """The blocks of a page from top to bottom."""
    text = page.read_text("utf-8")
    fenced = r"^(?:<!-- (.+) -->\n)?```(.*)\n((?:.*\n)*?)```$"
    for match in re.finditer(fenced, text, re.MULTILINE):
        line = text.count("\n", 0, match.start(2)) + 1
        yield Block(page, line, match[1] or "", match[2], match[3])


def session(block: Block) -> list[tuple[str, str]]:
    """The lines that are typed in a console block, each with the output shown below it."""
    parts = re.split(r"^\$ (.*)\n", block.text, flags=re.MULTILINE)[1:]
    return list(zip(parts[::2], parts[1::2], strict=True))


def is_as_shown(output: str, shown: str) -> bool:
    """Whether an output is what is shown: any lines where `…` stands, seconds as they may be."""
    lines = (
        r"(?:.*\n)*?" if line == "…" else f"{re.escape(line)}\n"
        for line in _without_seconds(shown).splitlines()
    )
    return re.fullmatch("".join(lines), _without_seconds(output)) is not None


def _without_seconds(text: str) -> str:
    """A text without seconds, the mark of a fast arm behind them, and what space they leave."""
    return re.sub(r"(?<=\S) {2,}", "  ", re.sub(r"\d+\.\d+ s(?:  [* ])?", "- s", text))


def follow(page: Path, terminal: Terminal) -> Terminal:
    """Write the files of a page and type its commands in order; gives where that ended.

    Raises:
        AssertionError: a command prints something else, or a written file reads otherwise.
    """
    for block in blocks(page):
        if block.mark and not block.mark.startswith("compare "):
            _write_or_compare(block, terminal.root)
        elif block.info == "console":
            terminal = type_in(terminal, block)
    return terminal


def _write_or_compare(block: Block, root: Path) -> None:
    path = root / block.mark.removesuffix(WRITTEN)
    if block.mark.endswith(WRITTEN):
        assert path.read_text("utf-8") == block.text, block
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, "utf-8")


def type_in(terminal: Terminal, block: Block) -> Terminal:
    """Type the lines of a console block; gives the terminal, which may stand elsewhere then."""
    for line, shown in session(block):
        output = ""
        for command in line.split(" && "):
            program, *arguments = shlex.split(command, comments=True)
            if program == "cd":
                home = {"XDG_CONFIG_HOME": str(terminal.root / ".home")}
                terminal = Terminal(terminal.root / arguments[0], home | terminal.environment)
            else:
                assert program == "genaiops", block
                output += terminal(*arguments).out
        assert is_as_shown(output, shown), f"{block}: {line}\n{output}"
    return terminal
