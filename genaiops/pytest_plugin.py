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

    from genaiops.errors import GenaiopsError
    from genaiops.records import Decision, Verdict


_MAX_COST = "--genaiops-max-cost"


class GateError(Exception):
    """A gate failed, or was left open and the policy blocks."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --genaiops and what its evaluations may cost."""
    group = parser.getgroup("genaiops")
    group.addoption("--genaiops", action="store_true", help="collect evals/*.yaml, one item a gate")
    group.addoption(
        _MAX_COST, type=float, metavar="USD", help="US dollars at most for each evaluation"
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

    _decision: "Decision | GenaiopsError | None" = None

    def collect(self) -> Iterator["GateItem"]:
        """One item a gate."""
        from genaiops.gates import gate_text
        from genaiops.project.files import load_project

        project = load_project(self.path.parent.parent)
        for place, gate in enumerate(project.eval(self.path.stem).spec.gates):
            yield GateItem.of(self, gate_text(gate), place)

    def decision(self) -> "Decision":
        """The decision on a run that is made now, with recorded calls where there are any.

        Raises:
            GenaiopsError: there is none; it is not tried again for another gate.
        """
        from genaiops.errors import GenaiopsError

        if self._decision is None:
            try:
                self._decision = asyncio.run(self._gated())
            except GenaiopsError as error:
                self._decision = error
        if isinstance(self._decision, GenaiopsError):
            raise self._decision
        return self._decision

    async def _gated(self) -> "Decision":
        from genaiops.project.judging import gate_project
        from genaiops.project.paying import capped

        cap_usd = self.config.getoption(_MAX_COST)
        budget = None if cap_usd is None else capped(cap_usd, _MAX_COST)
        remedy = f"allow it by {_MAX_COST} USD"
        return await gate_project(self.path.parent.parent, self.path.stem, budget, remedy)


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
        """The sentence of the verdict, or what is wrong, without a traceback."""
        from genaiops.errors import GenaiopsError

        if isinstance(excinfo.value, GateError | GenaiopsError):
            return f"{self.name}\n{excinfo.value}"
        return str(super().repr_failure(excinfo, style))

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """The evaluation's file and the gate."""
        return self.path, None, self.name

    def _verdict(self) -> "Verdict":
        parent = self.parent
        assert isinstance(parent, EvalFile)  # noqa: S101  made by EvalFile.collect
        return parent.decision().verdicts[self.place]
