"""The door of the process that evaluates a base commit for `gate --against git:REF`."""

import sys
from dataclasses import replace
from pathlib import Path

from genaiops.cli.app import EXIT_INTERRUPTED, exit_code, print_out
from genaiops.cli.door import note, run_async, run_code, trusted_session
from genaiops.cli.evaluating import run_with_progress
from genaiops.cli.paying import Paying
from genaiops.errors import GenaiopsError
from genaiops.project.base_request import BaseAnswer, BaseRequest
from genaiops.project.evaluating import Asked
from genaiops.project.indexing import refresh
from genaiops.project.overrides import Overrides
from genaiops.project.rescoring import rescore
from genaiops.project.session import Session
from genaiops.project.wants import used_by_eval


def main() -> None:
    """Evaluate what the first argument asks for, and answer on stdout."""
    request = BaseRequest.model_validate_json(sys.argv[1])
    try:
        answer = _evaluated(request)
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)
    except GenaiopsError as error:
        answer = BaseAnswer(code=exit_code(error), message=str(error))
    print_out(answer.model_dump_json())


def _evaluated(request: BaseRequest) -> BaseAnswer:
    session = trusted_session(Path(request.config), request.trust)
    session = replace(session, home=Path(request.home), commit=request.commit)
    overrides = Overrides(
        repeats=request.repeats,
        limit=request.limit,
        concurrency=request.concurrency,
        filter=request.filter,
    )
    if request.rescored is not None:
        return _rescored(session, request.rescored, overrides, Path(request.dataset))
    asked = Asked(request.name, overrides, batched=request.batched)
    run_async(refresh(session, request.name, note))
    paying = Paying(request.max_cost_usd, request.yes)
    asked = paying.agreed(session, asked, [overrides.flow])
    with session.open_store() as store:
        run = run_with_progress(session, store, asked)
    return BaseAnswer(run=run.id, spent_usd=asked.budget.spent_usd if asked.budget else 0.0)


def _rescored(session: Session, run: str, overrides: Overrides, dataset: Path) -> BaseAnswer:
    with session.open_store() as store:
        known = store.run(run).run
        session.require_trust(used_by_eval(session.project, known.eval))
        scored = run_code(rescore(session, store, known, overrides, dataset))
    return BaseAnswer(run=scored.id)
