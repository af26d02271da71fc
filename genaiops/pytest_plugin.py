"""`pytest --genaiops evals`: each gate of an evaluation as a test item.

Nothing of genaiops is loaded before the option is given; that is why imports stand in functions.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pytest

if TYPE_CHECKING:
    from _pytest._code.code import TracebackStyle

    from genaiops.records import Decision, Verdict


class GateError(Exception):
    """A gate failed, or was left open and the policy blocks."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --genaiops."""
    parser.getgroup("genaiops").addoption(
        "--genaiops", action="store_true", help="collect evals/*.yaml, one item a gate"
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "EvalFile | None":
    """Collect the evaluations of a project."""
    folder = file_path.parent
    is_eval = folder.name == "evals" and file_path.suffix == ".yaml"
    if not (parent.config.getoption("--genaiops") and is_eval):
        return None
    from genaiops.project.root import find_project_file

    if find_project_file(folder.parent).parent != folder.parent.resolve():
        return None
    return EvalFile.from_parent(parent, path=file_path)  # pyright: ignore[reportUnknownMemberType]  untyped in pytest


class EvalFile(pytest.File):
    """An evaluation; it runs once, when its first gate is asked for."""

    _decision: "Decision | None" = None

    def collect(self) -> Iterator["GateItem"]:
        """One item a gate."""
        from genaiops.gates import gate_text
        from genaiops.project.files import load_project

        project = load_project(self.path.parent.parent)
        for place, gate in enumerate(project.eval(self.path.stem).spec.gates):
            yield GateItem.of(self, gate_text(gate), place)

    def decision(self) -> "Decision":
        """The decision on a run that is made now, with recorded calls where there are any."""
        if self._decision is None:
            from genaiops.project.judging import gate_project

            work = gate_project(self.path.parent.parent, self.path.stem)
            self._decision = asyncio.run(work)
        return self._decision


class GateItem(pytest.Item):
    """A gate: passes, fails, or is skipped as inconclusive where the policy does not block."""

    place: int = 0

    @classmethod
    def of(cls, parent: EvalFile, name: str, place: int) -> Self:
        """The gate at a place of its evaluation."""
        item = cls.from_parent(parent, name=name)  # pyright: ignore[reportUnknownMemberType]  untyped in pytest
        item.place = place
        return item

    def runtest(self) -> None:
        """Judge; an inconclusive gate is never a pass."""
        verdict = self._verdict()
        told = f"{verdict.word}: {verdict.sentence}"
        if verdict.blocks:
            raise GateError(told)
        if verdict.word != "pass":
            pytest.skip(told)

    def repr_failure(
        self,
        excinfo: pytest.ExceptionInfo[BaseException],
        style: "TracebackStyle | None" = None,
    ) -> str:
        """The sentence of the verdict, without a traceback."""
        if isinstance(excinfo.value, GateError):
            return f"{self.name}\n{excinfo.value}"
        return str(super().repr_failure(excinfo, style))

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """The evaluation's file and the gate."""
        return self.path, None, self.name

    def _verdict(self) -> "Verdict":
        parent = self.parent
        assert isinstance(parent, EvalFile)  # noqa: S101  made by EvalFile.collect
        return parent.decision().verdicts[self.place]
