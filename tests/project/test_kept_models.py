import pytest

from genaiops.project.kept_models import KeptModels
from genaiops.records import CompletionRequest, Message
from tests.fakes import ScriptedModel

pytestmark = pytest.mark.anyio
ASK = CompletionRequest(messages=(Message(role="user", content="?"),))


async def test_a_model_that_is_built_again_is_the_one_that_was_kept() -> None:
    kept, first, second = KeptModels(), ScriptedModel(["a", "b"]), ScriptedModel()
    lent = kept.lend(first)
    assert (lent.name, lent.identity) == (first.name, first.identity)
    assert (lent.decided_by, lent.allowance) == (first.decided_by, first.allowance)
    await lent.aclose()
    kept.take_back()
    answers = [(await model.complete(ASK)).text for model in (lent, kept.lend(second))]
    assert answers == ["a", "b"]
    assert not first.closed


async def test_what_is_not_lent_again_is_closed() -> None:
    kept, stays, goes = KeptModels(), ScriptedModel(name="stays"), ScriptedModel(name="goes")
    for model in (stays, goes):
        kept.lend(model)
    await kept.sweep()
    assert (stays.closed, goes.closed) == (False, False)
    kept.take_back()
    kept.lend(stays)
    await kept.sweep()
    assert (stays.closed, goes.closed) == (False, True)
    kept.take_back()
    await kept.sweep()
    assert stays.closed
