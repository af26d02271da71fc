"""Whether a release is still what was created, and runs here as it was evaluated."""

from dataclasses import dataclass

from genaiops.errors import InputError
from genaiops.project.packages import packages_of
from genaiops.project.release_evidence import judge_evidence
from genaiops.project.release_files import release_files
from genaiops.project.release_home import release_home
from genaiops.project.released import Released
from genaiops.project.session import Session
from genaiops.release.evidence import Refusal, refusal_of


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found of a release.

    `refusal` is what its evidence comes to, judged anew. `others` are the parts that are not what
    was evaluated on this machine, and `packages` those with another version here. `edited` are the
    files that the project has another of by now, which changes nothing in the release.
    """

    refusal: Refusal | None
    others: tuple[str, ...]
    packages: tuple[str, ...]
    edited: tuple[str, ...]


async def check_release(session: Session, released: Released) -> Checked:
    """Look at a release whose files are whole.

    Raises:
        InputError: its evidence is of something else, or a part is missing on this machine.
        TrustError: it wants what is not trusted yet.
        StoreError: the shelf cannot be read.
    """
    release = released.release
    decisions = judge_evidence(released, release_home(session).shelf)
    here = packages_of(released.used, released.session.root)
    return Checked(
        refusal=refusal_of(release, decisions),
        others=await released.differences(),
        packages=tuple(
            f"{name} {release.packages.get(name, 'none')} -> {here.get(name, 'none')}"
            for name in sorted({*release.packages, *here})
            if release.packages.get(name) != here.get(name)
        ),
        edited=_edited(session, released),
    )


def _edited(session: Session, released: Released) -> tuple[str, ...]:
    """The files of a release that are not what the project would release now."""
    release = released.release
    evals = tuple(name for name in release.evals if name in session.project.evals)
    was = release_files(released.session, release.flow, release.evals)
    try:
        now = release_files(session, release.flow, evals)
    except InputError:  # the flow is gone, or one of its files
        now = {}
    return tuple(name for name in sorted({*was, *now}) if was.get(name) != now.get(name))
