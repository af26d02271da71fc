"""The metrics that judge what was retrieved."""

from collections.abc import Mapping

from genaiops.metrics.catalog_entry import CatalogEntry

RETRIEVAL_METRICS: Mapping[str, CatalogEntry] = {
    "passage_recall": CatalogEntry(
        "retrieval:passage_recall",
        "share of the gold passages that retrieval found",
        blind=(
            "Passages that answer as well, but that nobody labeled, do not count.",
            "What else was retrieved, and in which order, does not count without `k`.",
        ),
    ),
    "passage_precision": CatalogEntry(
        "retrieval:passage_precision",
        "share of the retrieved passages that are relevant",
        blind=(
            "Passages that answer as well, but that nobody labeled, count as irrelevant.",
            "It depends on how documents are cut: compare it at one chunking only.",
        ),
    ),
    "passage_mrr": CatalogEntry(
        "retrieval:passage_mrr",
        "1 / rank of the first relevant passage",
        blind=(
            "Nothing behind the first relevant passage counts.",
            "It depends on how documents are cut: compare it at one chunking only.",
        ),
    ),
    "passage_map": CatalogEntry(
        "retrieval:passage_map",
        "precision at the ranks where gold passages are found (MAP)",
        blind=("Text that is as good as a gold passage, elsewhere.",),
    ),
    "passage_ndcg": CatalogEntry(
        "retrieval:passage_ndcg",
        "gold text found, the sooner the better (nDCG)",
        blind=(
            "Passages that answer as well, but that nobody labeled, do not count.",
            "It depends on how documents are cut: compare it at one chunking only.",
        ),
    ),
    "document_recall": CatalogEntry(
        "document_retrieval:document_recall",
        "share of the wanted documents that were found",
        blind=(
            "What the found document says of it: a wrong passage of the right document counts.",
        ),
    ),
    "document_precision": CatalogEntry(
        "document_retrieval:document_precision",
        "share of the retrieved documents that are wanted",
        blind=(
            "What the found document says of it: a wrong passage of the right document counts.",
        ),
    ),
    "document_mrr": CatalogEntry(
        "document_retrieval:document_mrr",
        "1 / rank of the first wanted document",
        blind=(
            "What the found document says of it: a wrong passage of the right document counts.",
        ),
    ),
    "document_map": CatalogEntry(
        "document_retrieval:document_map",
        "precision at the ranks of the wanted documents (MAP)",
        blind=(
            "What the found document says of it: a wrong passage of the right document counts.",
        ),
    ),
    "document_ndcg": CatalogEntry(
        "document_retrieval:document_ndcg",
        "wanted documents, the sooner the better (nDCG)",
        blind=(
            "What the found document says of it: a wrong passage of the right document counts.",
        ),
    ),
    "span_recall": CatalogEntry(
        "retrieved_text:span_recall",
        "share of the labelled text that was retrieved",
        blind=(
            "Text that is as good as the labelled one, elsewhere.",
            "Labels that nobody wrote: unlabelled text counts as unwanted.",
        ),
    ),
    "span_precision": CatalogEntry(
        "retrieved_text:span_precision",
        "share of the retrieved text that is labelled",
        blind=(
            "Text that is as good as the labelled one, elsewhere.",
            "Labels that nobody wrote: unlabelled text counts as unwanted.",
        ),
    ),
    "span_iou": CatalogEntry(
        "retrieved_text:span_iou",
        "text both retrieved and labelled, of all that is either",
        blind=(
            "Text that is as good as the labelled one, elsewhere.",
            "Labels that nobody wrote: unlabelled text counts as unwanted.",
        ),
    ),
    "context_relevance": CatalogEntry(
        "context_relevance:context_relevance",
        "how far the retrieved passages are about the question; embeddings, no labels",
        blind=(
            "A passage on the matter that does not hold the answer counts as relevant.",
            "Its values differ by embedder and by the length of passages.",
            "Of a question that needs the turns before it, it sees the words alone.",
        ),
    ),
}
