"""The calibrations of a project: `evals/calibrations/`, committed beside the baselines."""

from collections.abc import Iterable
from pathlib import Path

from genaiops.evaluations.calibration_file import (
    calibration_name,
    read_calibration,
    write_calibration,
)
from genaiops.project.files import eval_name
from genaiops.project.session import Session
from genaiops.records import Calibration, EvalRun


def calibration_path(root: Path, name: str, metric: str) -> Path:
    """The file of the calibration of a metric of an evaluation, by its label."""
    return root / "evals" / "calibrations" / calibration_name(eval_name(name), metric)


def load_calibrations(session: Session, run: EvalRun) -> dict[str, Calibration]:
    """The calibrations of the metrics of a run, by their labels.

    Raises:
        SpecError: one of them is damaged.
    """
    return calibrations_of(session.root, run.eval, [info.name for info in run.metrics])


def calibrations_of(root: Path, name: str, metrics: Iterable[str]) -> dict[str, Calibration]:
    """The calibrations of metrics of an evaluation, by their labels.

    Raises:
        SpecError: one of them is damaged.
    """
    found: dict[str, Calibration] = {}
    for metric in metrics:
        path = calibration_path(root, name, metric)
        known = read_calibration(path, path.relative_to(root).as_posix())
        if known is not None:
            found[metric] = known
    return found


def keep_calibration(session: Session, calibration: Calibration) -> Path:
    """Write a calibration in place of the one before.

    Raises:
        ExecutionError: it cannot be written.
    """
    path = calibration_path(session.root, calibration.eval, calibration.metric)
    write_calibration(path, calibration)
    return path
