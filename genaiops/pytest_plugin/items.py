"""An evaluation as a file of tests, and each of its gates as a test."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

import pytest

from genaiops.digests import digest
from genaiops.errors import Fault, SpecError
from genaiops.evaluations.reports.terminal.decision import decision_text
from genaiops.evaluations.reports.unstable import unstable_text
from genaiops.gates import gate_text
from genaiops.project.check import check_evaluation
from genaiops.project.files import Project, load_project
from genaiops.project.root import find_project_file
from genaiops.pytest_plugin.options import cap_of
from genaiops.pytest_plugin.ruling import NoRuling, Outcome, Ruling, once, rule
from genaiops.pytest_plugin.said import SAID, Said
from genaiops.records import Verdict
from genaiops.text.printable import printable

_PROJECTS = pytest.StashKey[dict[Path, Project | str]]()
"""The projects of this session by their folders; a text says where the faults of one are told."""


def eval_file(path: Path, parent: pytest.Collector) -> "EvalFile | None":
    """The evaluation in a file, if it is one of the project that the file is in."""
    root = path.parent.parent
    if find_project_file(root).parent != root.resolve():
        return None
    return EvalFile.from_parent(parent, path=path)  # pyright: ignore[reportUnknownMemberType]  untyped in pytest


class EvalFile(pytest.File):
    """An evaluation; it runs once, when its first gate is asked for."""

    _outcome: Outcome | None = None
    _told_by: str | None = None

    def collect(self) -> Iterator["GateItem"]:
        """One item a gate.

        Raises:
            CollectError: the project cannot be read, or the evaluation has faults; each with its
                file, line and column.
        """
        project, name = self._project(), self.path.stem
        faults = [each for each in check_evaluation(project, name) if each.severity == "error"]
        if faults:
            raise self.CollectError(_listed(faults))
        spec, document = project.eval(name)
        names = Counter[str]()
        for place, gate in enumerate(spec.gates):
            text = gate_text(gate)
            names[text] += 1
            shown = text if names[text] == 1 else f"{text} ({names[text]})"
            yield GateItem.of(self, shown, place, document.fault(("gates", place), "").line)

    def outcome(self) -> Outcome:
        """The decision on a run that is made now, or was for another gate or in another process."""
        if self._outcome is None:
            shared = self._shared()
            self._outcome = self._rule() if shared is None else once(shared, self._rule)
        return self._outcome

    def reason_once(self, outcome: NoRuling, gate: str) -> str:
        """Why there is no decision, for the first gate that asks; where it stands, for others."""
        if self._told_by is None:
            self._told_by = gate
            return printable(outcome.reason)
        return f"not evaluated: see the error of {self._told_by}"

    def _rule(self) -> Outcome:
        return rule(self.path.parent.parent, self.path.stem, cap_of(self.config))

    def _shared(self) -> Path | None:
        """Where the workers of pytest-xdist hand each other what one of them found."""
        if not hasattr(self.config, "workerinput"):
            return None
        own = self.config.getoption("basetemp")  # each worker has one below that of the session
        if own is None:  # it is on another machine
            return None
        return Path(own).parent / "genaiops" / f"{digest(str(self.path))[:16]}.json"

    def _project(self) -> Project:
        root = self.path.parent.parent
        known = self.config.stash.setdefault(_PROJECTS, {})
        if root not in known:
            try:
                known[root] = load_project(root)
            except SpecError as error:
                known[root] = f"the project cannot be read: see the error of {self.nodeid}"
                raise self.CollectError(_listed(error.faults)) from error
        found = known[root]
        if isinstance(found, str):
            raise self.CollectError(found)
        return found


class GateItem(pytest.Item):
    """A gate: passes, fails where it blocks, and otherwise is neither."""

    place: int = 0
    line: int = 1
    ruling: Ruling

    @classmethod
    def of(cls, parent: EvalFile, name: str, place: int, line: int) -> Self:
        """The gate at a place of its evaluation, and the line where it stands."""
        item = cls.from_parent(parent, name=name)  # pyright: ignore[reportUnknownMemberType]  untyped in pytest
        item.place, item.line = place, line
        return item

    def setup(self) -> None:
        """Evaluate; what cannot be evaluated or judged is an error, and no gate that failed."""
        parent = self.parent
        assert isinstance(parent, EvalFile)  # noqa: S101  made by EvalFile.collect
        outcome = parent.outcome()
        if isinstance(outcome, NoRuling):
            pytest.fail(parent.reason_once(outcome, self.name), pytrace=False)
        self.ruling = outcome

    def runtest(self) -> None:
        """Judge; an inconclusive gate is never a pass."""
        decision = self.ruling.decision
        verdict = decision.verdicts[self.place]
        if verdict.blocks:
            alone = decision.model_copy(update={"verdicts": (verdict,)})
            run = self.ruling.run
            look = f"  answers and scores: genaiops view {run.id}"
            pytest.fail(f"{decision_text(alone, run)}\n{look}", pytrace=False)
        if verdict.word != "pass":
            category = "inconclusive" if verdict.word == "inconclusive" else "advisory"
            self.stash[SAID] = Said(category, _told(verdict))

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """The evaluation's file, the line of the gate from 0, and a headline of what failed."""
        return self.path, self.line - 1, f"{self.path.stem}: {self.name}"


def _listed(faults: Sequence[Fault]) -> str:
    return printable("\n".join(map(str, faults)))


def _told(verdict: Verdict) -> str:
    told = [verdict.sentence]
    if verdict.to_decide and verdict.to_decide not in verdict.sentence:
        told[0] += f" To decide: {verdict.to_decide}."
    return printable("\n".join([*told, *filter(None, [unstable_text(verdict)])]))
