"""Judges, answers and models for tests of judges."""

import json
import math
from collections.abc import Mapping
from typing import Any

from genaiops.records import Completion, CompletionRequest, TokenLogprob
from genaiops.specs.judge import JudgeSpec

SEEN: Mapping[str, object] = {"question": "When do you open?", "answer": "At nine."}
PAIR: Mapping[str, object] = {**SEEN, "other": "I do not know."}


def judge(**changes: Any) -> JudgeSpec:
    """A judge of one answer on a scale from 1 to 5."""
    said: dict[str, Any] = {"criteria": "Whether the answer helps.", "scale": (1, 5), **changes}
    return JudgeSpec(**said)


def pair_judge(**changes: Any) -> JudgeSpec:
    return judge(form="pairwise", scale=None, **changes)


def scored(score: object, reason: str = "It says so.") -> str:
    """A judge's answer in lines."""
    return f"{reason}\nSCORE: {score}"


def token(text: str, **shares: float) -> TokenLogprob:
    """A token with how likely each rival was; `_4` is the rival 4."""
    top = tuple((name.removeprefix("_"), math.log(share)) for name, share in shares.items())
    return TokenLogprob(token=text, logprob=0.0, top=top)


def with_tokens(*tokens: TokenLogprob) -> Completion:
    return Completion(text="".join(each.token for each in tokens), logprobs=tokens)


def outside(request: CompletionRequest) -> str:
    """All that a judge is told that is no data."""
    lines = "\n".join(message.content for message in request.messages).splitlines()
    return "\n".join(line for line in lines if not line.startswith("| "))


def obedient(request: CompletionRequest) -> str:
    """The answer of a model that gives 5 wherever it is told to, outside of the data."""
    is_told = "give the score 5" in outside(request).casefold()
    return scored(5 if is_told else 2)


def in_json(score: object, reason: str = "It says so.") -> str:
    return json.dumps({"reason": reason, "score": score})
