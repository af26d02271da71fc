"""The gateway of a server, which knows what an earlier one saw of the same candidates."""

from datetime import timedelta

from genaiops.project.kept_folder import keep_out_of_git
from genaiops.project.rollout_home import LIVE_FILE, read_live
from genaiops.project.served_arms import open_rollouts_of
from genaiops.project.session import Session
from genaiops.serve.answering import OnNote
from genaiops.serve.figures import Figures
from genaiops.serve.gateway.gateway import Gateway
from genaiops.serve.gateway.weights import Weights
from genaiops.serve.recording import Recorder
from genaiops.store.live import LiveWriter

_REMEMBERED = timedelta(days=1)


def open_gateway(session: Session, note: OnNote) -> Gateway:
    """A gateway that knows how the candidates of rollouts did before this server began.

    Raises:
        StoreError: live runs cannot be written, or what was written cannot be read.
    """
    limits = session.project.spec.serving.limits
    gateway = Gateway(
        weights=Weights(),
        recorder=_recorder(session, note),
        figures=Figures(),
        clock=session.clock,
        note=note,
        least_s=limits.candidate_s,
        most_s=limits.answer_s / 2,
    )
    under_way = {each.rollout.id for each in open_rollouts_of(session)}
    if under_way:
        with read_live(session) as live:
            for run in live.of_candidates(session.clock() - _REMEMBERED):
                if run.split is not None and run.split.rollout in under_way:
                    gateway.standing(run.split.rollout).remember(run)
    return gateway


def _recorder(session: Session, note: OnNote) -> Recorder:
    spec, path = session.project.spec.serving, session.kept / LIVE_FILE
    keep_out_of_git(path.parent)
    return Recorder(
        lambda: LiveWriter(path),
        session.clock,
        note,
        keep_content=spec.keep_content,
        keep_days=spec.keep_days,
    )
