"""Retrieved text against the labelled text, character by character. Pure.

Recall, precision and IoU are the token-level measures of Smith and Troynikov 2024, Evaluating
Chunking Strategies for Retrieval, by characters as in the code of that report. Other than a share
of passages they see how much is retrieved besides what is wanted, and how much twice.
"""

from genaiops.metrics.retrieval import K, declared
from genaiops.metrics.spans import Gold, Passages, by_document, size, wanted
from genaiops.records import Passage


@declared
def span_recall(passages: Passages, gold: Gold, *, k: K = None) -> float:
    """The share of the labelled text that was retrieved.

    Args:
        passages: What was retrieved, best first.
        gold: The labelled passages of the source documents; empty: not applicable.
        k: How many retrieved passages count; None is all.

    Source: Smith and Troynikov 2024, Evaluating Chunking Strategies for Retrieval.
    """
    labels = wanted(gold)
    return _shared(passages[:k], labels) / _size(labels)


@declared
def span_precision(passages: Passages, gold: Gold, *, k: K = None) -> float:
    """The share of the retrieved text that is labelled; 0 if none was retrieved.

    Text that was retrieved twice is twice among what was retrieved, and once among what is wanted.

    Args:
        passages: What was retrieved, best first.
        gold: The labelled passages of the source documents; empty: not applicable.
        k: How many retrieved passages count; None is all.

    Source: Smith and Troynikov 2024, Evaluating Chunking Strategies for Retrieval.
    """
    retrieved = _length(passages[:k])
    return _shared(passages[:k], wanted(gold)) / retrieved if retrieved else 0.0


@declared
def span_iou(passages: Passages, gold: Gold, *, k: K = None) -> float:
    """The text that is both retrieved and labelled, over that which is one of both.

    Text that was retrieved twice is twice among what was retrieved.

    Args:
        passages: What was retrieved, best first.
        gold: The labelled passages of the source documents; empty: not applicable.
        k: How many retrieved passages count; None is all.

    Source: Smith and Troynikov 2024, Evaluating Chunking Strategies for Retrieval.
    """
    labels = wanted(gold)
    shared = _shared(passages[:k], labels)
    return shared / (_length(passages[:k]) + _size(labels) - shared)


def precision_omega(chunks: Passages, gold: Gold) -> float:
    """The precision of a chunking if every chunk that shares labelled text is retrieved, and once.

    It is a property of how documents are cut, whatever the search: the most that precision can be
    at full recall. Labelled text that no chunk holds counts against it. A chunk that only touches
    labelled text is retrieved too, as in the code of the report.

    Args:
        chunks: All chunks of the documents that the labels are of.
        gold: The labelled passages of one question.

    Raises:
        InputError: a label has no text.

    Source: Smith and Troynikov 2024, Evaluating Chunking Strategies for Retrieval.
    """
    labels = wanted(gold)
    touched = [chunk for chunk in chunks if any(_touch(chunk, label) for label in labels)]
    return _shared(touched, labels) / _size([*touched, *labels])


def _shared(passages: Passages, labels: Passages) -> int:
    """The characters that passages and labels have in common, each once."""
    return _size(passages) + _size(labels) - _size([*passages, *labels])


def _touch(passage: Passage, label: Passage) -> bool:
    near = passage.start <= label.end and label.start <= passage.end
    return near and passage.document == label.document


def _size(passages: Passages) -> int:
    """The characters of the documents that passages cover together."""
    return sum(size(spans) for spans in by_document(passages).values())


def _length(passages: Passages) -> int:
    return sum(each.end - each.start for each in passages)
