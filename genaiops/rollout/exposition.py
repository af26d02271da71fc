"""Verdicts on rollouts in the text format of Prometheus.

Source: prometheus.io, Exposition formats, text format 0.0.4.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import get_args

from genaiops.records.rollout_verdicts import RolloutVerdict, RolloutWord


def exposition(verdicts: Sequence[RolloutVerdict]) -> str:
    """All figures of these rollouts, each with its help and type."""
    lines: list[str] = []
    for name, help_, samples in (
        ("state", "1 for the word of the verdict.", _states(verdicts)),
        ("exit_code", "0 as planned, 1 rolled back, 3 held.", _plain(verdicts, "exit_code")),
        ("weight", "The candidate's share of users.", _plain(verdicts, "weight")),
        ("exposed_users", "Users of the candidate in all.", _plain(verdicts, "exposed")),
        ("waiting_users", "Users whose outcome is waited for.", _plain(verdicts, "waiting")),
        ("split_evidence", "Evidence of a broken split.", _plain(verdicts, "split")),
        ("evidence", "Evidence by metric; 20 proves.", _evidence(verdicts)),
        ("badness", "Mean badness of users by arm.", _badness(verdicts)),
    ):
        lines += [
            f"# HELP genaiops_rollout_{name} {help_}",
            f"# TYPE genaiops_rollout_{name} gauge",
        ]
        lines += [f"genaiops_rollout_{name}{_labels(by)} {value:.12g}" for by, value in samples]
    return "".join(f"{line}\n" for line in lines)


_Sample = tuple[Mapping[str, str], float]


def _by(verdict: RolloutVerdict, **more: str) -> Mapping[str, str]:
    return {"rollout": verdict.rollout, "flow": verdict.flow, **more}


def _states(verdicts: Iterable[RolloutVerdict]) -> Iterator[_Sample]:
    for verdict in verdicts:
        for word in get_args(RolloutWord):
            yield _by(verdict, state=word), float(verdict.word == word)


def _plain(verdicts: Iterable[RolloutVerdict], field: str) -> Iterator[_Sample]:
    for verdict in verdicts:
        yield _by(verdict), float(getattr(verdict, field))


def _evidence(verdicts: Iterable[RolloutVerdict]) -> Iterator[_Sample]:
    for verdict in verdicts:
        for metric in verdict.metrics:
            yield _by(verdict, metric=metric.metric, claim="worse"), metric.harm
            if metric.proof is not None:
                yield _by(verdict, metric=metric.metric, claim="tolerable"), metric.proof


def _badness(verdicts: Iterable[RolloutVerdict]) -> Iterator[_Sample]:
    for verdict in verdicts:
        for metric in verdict.metrics:
            for arm, value in (
                ("stable", metric.stable_bad),
                ("candidate", metric.candidate_bad),
            ):
                if value is not None:
                    yield _by(verdict, metric=metric.metric, arm=arm), value


def _labels(by: Mapping[str, str]) -> str:
    pairs = ",".join(f'{name}="{_escaped(value)}"' for name, value in by.items())
    return f"{{{pairs}}}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
