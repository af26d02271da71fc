"""Who has to approve of releases, as the project says."""

from genaiops.errors import InputError
from genaiops.project.root import PROJECT_FILE
from genaiops.project.session import Session
from genaiops.specs.releases import ReleasesSpec


def policy_of(session: Session) -> ReleasesSpec:
    """What `genaiops.yaml` says of releases; no file beside it says anything else.

    Raises:
        InputError: the session is of another project file in the same folder.
    """
    project = session.project
    named = project.project.document.shown
    if named != PROJECT_FILE and (project.root / PROJECT_FILE).is_file():
        raise InputError(
            f"who approves of releases is told by {PROJECT_FILE}, not by {named}: leave out -c"
        )
    return project.spec.releases
