"""What may cost more than a project spends without a question."""

from collections.abc import Sequence

from genaiops.errors import InputError
from genaiops.project.evaluating import Asked
from genaiops.project.planning import expected_cost
from genaiops.project.session import Session
from genaiops.text.quantities import money


async def consent_wanted(session: Session, asked: Sequence[Asked]) -> str | None:
    """Why somebody has to agree to what these evaluations may cost together; or None.

    Raises:
        InputError: as for `expected_cost`.
    """
    cost_usd = await expected_cost(session, asked)
    return consent_to(session, cost_usd, "an estimate: --dry-run shows it")


def consent_to(session: Session, cost_usd: float, known_by: str) -> str | None:
    """Why somebody has to agree to such a cost, which is `known_by` something; or None."""
    limit_usd = session.project.spec.ask_above_usd
    if cost_usd <= limit_usd:
        return None
    return (
        f"the calls that are not recorded may cost about {money(cost_usd)} ({known_by}), "
        f"more than ask_above_usd of genaiops.yaml: {money(limit_usd)}"
    )


async def refuse_surprise(session: Session, asked: Asked, remedy: str) -> None:
    """See that an evaluation, where nobody can be asked, may cost no more than the project says.

    Raises:
        InputError: it may; `remedy` is how its caller allows it.
    """
    told = await consent_wanted(session, [asked])
    if told is not None:
        raise InputError(f"{told}; {remedy}")
