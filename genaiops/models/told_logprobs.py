"""The probabilities of tokens, from the metadata of an answer as LangChain hands it on."""

from collections.abc import Mapping
from typing import Any, cast

from genaiops.records import TokenLogprob


def told_logprobs(told: Mapping[str, Any]) -> tuple[TokenLogprob, ...]:
    """Each token with its log probability and those of its rivals; empty where none are told."""
    return tuple(
        TokenLogprob(
            token=token["token"],
            logprob=token["logprob"],
            top=tuple((rival["token"], rival["logprob"]) for rival in token["top_logprobs"]),
        )
        for token in cast("Mapping[str, Any]", told.get("logprobs") or {}).get("content") or ()
    )
