from typing import Any

Passage = dict[str, Any]


def longest_first(query: str, passages: list[Passage]) -> list[Passage]:
    return sorted(passages, key=lambda passage: -len(passage["text"]))


def cite(answer: dict[str, Any], passages: list[Passage]) -> dict[str, Any]:
    used = [passages[number - 1]["document"] for number in answer["used"]]
    return {"text": answer["answer"], "sources": used}
