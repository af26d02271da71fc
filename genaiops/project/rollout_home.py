"""Where the rollouts of a project are kept, and the live runs that they are decided by."""

from genaiops.project.kept_folder import keep_out_of_git
from genaiops.project.root import KEPT_FOLDER
from genaiops.project.session import Session
from genaiops.store.live import LiveRuns
from genaiops.store.rollouts import Rollouts

ROLLOUTS_FILE = f"{KEPT_FOLDER}/rollouts.sqlite"
LIVE_FILE = f"{KEPT_FOLDER}/live.sqlite"


def open_rollouts(session: Session) -> Rollouts:
    """The rollouts of a project, to add to.

    Raises:
        StoreError: the file cannot be used.
    """
    keep_out_of_git(session.kept / KEPT_FOLDER)
    return Rollouts(session.kept / ROLLOUTS_FILE)


def read_rollouts(session: Session) -> Rollouts:
    """The rollouts of a project, to read only.

    Raises:
        StoreError: the file cannot be read.
    """
    return Rollouts(session.kept / ROLLOUTS_FILE, read_only=True)


def read_live(session: Session) -> LiveRuns:
    """What was served.

    Raises:
        StoreError: the file cannot be read.
    """
    return LiveRuns(session.kept / LIVE_FILE)
