"""Whether an answer refuses: says that it does not know, or will not, and answers nothing. Pure."""

import re
from collections.abc import Iterator

from genaiops.metrics.refusal_acts import act_of
from genaiops.models.sentences import Unit, split_units

SEEN = 4_000
"""Characters of an answer that are read: nobody takes longer to begin to answer."""

_QUOTED = re.compile(r"“[^”\n]*”|\"[^\"\n]*\"|(?<!\w)'(?=\S)(?:[^'\n]|(?<=\w)'(?=\w))*'(?!\w)")
_QUOTE = "quote"
_MARKS = re.compile(r"[*_`]+|^\s*(?:[-•+>#]+|\d{1,2}[.)])\s+")
_SPEAKER = re.compile(r"^(?:customer|user|assistant|answer|response|ai|bot)\s*:\s*", re.IGNORECASE)
_OPENING = re.compile(
    r"^(?:(?:unfortunately|sadly|regrettably|therefore|thus|hence|so|well)\b,? )+"
)
_LEAD = re.compile(
    r"^(?:while|whereas|although|though|even if|even though|as an ai|as a)\b[^,]{0,200},\s+"
)
_TURN = re.compile(
    r"(?<![,;–—-])[,;–—-]*\s*\b"
    r"(?:but|however|though|although|yet|nevertheless|nonetheless|that said)\b,?\s*"
    r"|;\s+|,\s+so\s+|,\s+(?:only|just)\s+(?=that\b)"
)


def is_refusal(text: str, phrases: tuple[str, ...] = ()) -> bool:
    """Whether a text refuses, and answers nothing beside; `find_refusal` tells the rule."""
    return find_refusal(text, phrases) is not None


def find_refusal(text: str, phrases: tuple[str, ...] = ()) -> str | None:
    """The sentence by which an answer refuses, or None. English.

    Who does not know, and then tells something of the matter, answers in part, which is no refusal.
    Who will not, has refused, whatever comes after, but for doing it all the same. Thanks,
    questions, what was looked through and whom else to ask are no answer.

    Args:
        text: The answer; its first 4,000 characters are read.
        phrases: More texts that are refusals, wherever they stand, such as the one that a prompt
            asks for.
    """
    begin = text[:SEEN].replace("’", "'").replace("‘", "'").strip()
    folded = _folded(begin)
    for phrase in phrases:
        if phrase.strip() and _folded(phrase.replace("’", "'")) in folded:
            return phrase
    found: str | None = None
    declined = False
    for sentence, piece, is_heading in _pieces(begin):
        act = act_of(piece)
        if act == "says" and is_heading:
            continue
        if act == "complies" or (act == "says" and not declined):
            return None
        declined = declined or act == "declines" or (act == "objects" and found is not None)
        if found is None and act in ("declines", "lacks"):
            found = sentence
    return found


def _pieces(text: str) -> Iterator[tuple[str, str, bool]]:
    """Each sentence with its pieces where it turns, in lower case, and whether it is a heading.

    What is quoted is left out.
    """
    bare = _QUOTED.sub(_QUOTE, text)
    if bare.strip(" .!") == _QUOTE:
        bare = text.strip("\"'“”")
    for unit in split_units(bare):
        for sentence in _sentences(unit):
            for piece in _turns(_OPENING.sub("", _folded(sentence))):
                if piece.strip(" ,.!:"):
                    yield sentence, piece.strip(), unit.kind == "heading"


def _sentences(unit: Unit) -> Iterator[str]:
    """The sentences of a unit without marks; headings and items may have several."""
    text = _SPEAKER.sub("", _MARKS.sub(" ", unit.text).strip())
    yield from [text] if unit.kind == "sentence" else (each.text for each in split_units(text))


def _turns(sentence: str) -> Iterator[str]:
    lead = _LEAD.match(sentence)
    if lead:
        yield lead[0]
        sentence = sentence[lead.end() :]
    pieces = _TURN.split(sentence)
    is_aside = not lead and len(pieces) > 1 and act_of(sentence) == "aside"
    yield from [sentence] if is_aside else pieces


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
