"""Whether passages say what a claim says, by the probability of a model's yes."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from genaiops.errors import CallError
from genaiops.metrics.judges.asking import ask
from genaiops.metrics.judges.data import as_text, quoted
from genaiops.metrics.judges.weighing import probabilities
from genaiops.prompts import Prompt, load_prompt
from genaiops.protocols import Model
from genaiops.records import CompletionRequest, Parameters

_PARAMETERS = Parameters(temperature=0, max_tokens=4)
_WORDS = ("yes", "no")


async def supported(model: Model, claim: str, passages: Sequence[str]) -> float:
    """P(yes) / (P(yes) + P(no)) of the first word, to whether the passages say the claim.

    The passages stand first, so that a model with a prefix cache reads them once for many claims.
    A model that tells no probabilities gives exactly 0 or 1.

    Raises:
        CallError: there is no answer, or it is neither yes nor no (kind `schema`).
    """
    values = {"passages": quoted(as_text(list(passages))), "claim": quoted(claim)}
    request = CompletionRequest(messages=_prompt().render(values), parameters=_PARAMETERS)
    completion = await ask(model, request)
    word = completion.text.strip()
    said = "".join(letter for letter in word.split()[0] if letter.isalpha()) if word else ""
    shares = probabilities(completion.logprobs, said, _WORDS) if said else None
    if shares is not None:
        return shares["yes"]
    if said.casefold() not in _WORDS:
        told = word[:60] or "nothing"
        raise CallError("schema", f"asked for yes or no, model {model.name!r} says {told!r}")
    return float(said.casefold() == "yes")


@cache
def _prompt() -> Prompt:
    path = Path(__file__).with_name("support.md")
    return load_prompt(path, path.name)
