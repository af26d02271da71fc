"""Answers in the language that is wanted. Pure."""

from typing import Annotated

from pydantic import AfterValidator, JsonValue

from genaiops.errors import suggest
from genaiops.metrics.declare import metric
from genaiops.metrics.languages import LANGUAGES, language_of
from genaiops.metrics.values import Text, texts_in
from genaiops.records import Score


def _known(language: str) -> str:
    if language not in LANGUAGES:
        raise ValueError(f"unknown language {language!r}{suggest(language, LANGUAGES)}")
    return language


Language = Annotated[str, AfterValidator(_known)]


@metric(binary=True)
def answer_language(
    answer: Text, inputs: JsonValue = None, *, language: Language | None = None
) -> Score:
    """Whether the answer is in the language that is wanted; 0 where it is plainly in another one.

    An answer that tells no language, as `42 kWh` or a name, is not in another one. A language is
    told by its script, or by common words, of which a text needs two.

    Args:
        answer: The text to judge.
        inputs: What the flow was given: without `language`, the language of its texts is wanted.
            `inputs: ${run.inputs.question}` takes one of them.
        language: The wanted language by its two letters: cs, da, de, en, es, fr, it, nl, pl, pt, sv
            and tr, or by script ar, el, he, hi, ja, ko, ru, th and zh.
    """
    wanted = language or language_of(" ".join(texts_in(inputs)))
    if wanted is None:
        return Score(reason="the inputs tell no language; name one by `language`")
    found = language_of(answer)
    if found is None:
        return Score(value=1.0, explanation="the answer tells no language")
    return Score(value=float(found == wanted), explanation=f"{found}, wanted is {wanted}")
