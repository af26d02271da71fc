"""The metrics that judge an answer by its text, its numbers and its form."""

from collections.abc import Mapping

from genaiops.metrics.catalog_entry import CatalogEntry

TEXT_METRICS: Mapping[str, CatalogEntry] = {
    "exact_match": CatalogEntry(
        "text:exact_match",
        "1 if the answer is an expected one",
        blind=("A right answer in other words, or with a sentence around it, counts as wrong.",),
    ),
    "contains": CatalogEntry(
        "text:contains",
        "1 if the answer holds every expected text",
        blind=(
            'What stands around the text does not count: "it is not 30 days" holds "30 days".',
            'A text is found inside of a longer word or number: "30" is in "1300".',
        ),
    ),
    "regex": CatalogEntry(
        "patterns:regex",
        "1 if a regular expression is found in the answer",
        blind=(
            "A pattern sees characters, not what they mean.",
            "What stands behind the part that is searched is not seen; the score says so.",
        ),
    ),
    "json_schema": CatalogEntry(
        "structure:json_schema",
        "1 if the answer is JSON of a schema",
        blind=("Whether the values are true is not looked at, only their form.",),
    ),
    "json_fields": CatalogEntry(
        "json_fields:json_fields",
        "share of the expected fields of JSON that the answer has",
        blind=(
            "Fields that nobody expects do not count; refuse them by `json_schema`.",
            "Items of a list are compared by their place: one that is missing shifts the rest.",
        ),
    ),
    "number_close": CatalogEntry(
        "numbers:number_close",
        "1 if the answer gives the expected number, units minded",
        blind=(
            "The right number counts wherever it stands, also where it says something else.",
            "Currencies are not converted, and metric units alone are known.",
            "Words for numbers are read in English and below one thousand; fractions are not.",
        ),
    ),
    "answer_f1": CatalogEntry(
        "text:answer_f1",
        "overlap of words with the expected answer (F1)",
        blind=(
            "Other words for the same thing count as wrong, and the order of words not at all.",
            'One changed number or a "not" costs no more than any other word.',
            "A right answer that is longer than the expected one loses precision.",
        ),
    ),
    "rouge_1": CatalogEntry(
        "rouge:rouge_1",
        "words shared with the expected text (F1)",
        blind=("The order of words, negation and other words for the same do not count.",),
    ),
    "rouge_2": CatalogEntry(
        "rouge:rouge_2",
        "pairs of words shared with the expected text (F1)",
        blind=(
            "Other words for the same thing count as wrong.",
            'One changed number or a "not" costs no more than any other word.',
        ),
    ),
    "rouge_l": CatalogEntry(
        "rouge:rouge_l",
        "longest common run of words, with gaps (F1)",
        blind=(
            "Other words for the same thing, and the same in another order, count as wrong.",
            'One changed number or a "not" costs no more than any other word.',
        ),
    ),
    "bleu": CatalogEntry(
        "bleu:bleu",
        "runs of one to four words that the expected text has (sentence BLEU)",
        blind=(
            "Of answers of a few words it says little; use `exact_match` or `answer_f1`.",
            "Other words for the same thing count as wrong.",
            "The mean over cases is no corpus BLEU and cannot be compared with published ones.",
        ),
    ),
    "chrf": CatalogEntry(
        "chrf:chrf",
        "overlap of characters, up to six in a row (chrF2)",
        blind=(
            "Other words for the same thing count as wrong.",
            'One changed digit or a "not" costs next to nothing in a long answer.',
        ),
    ),
    "similarity": CatalogEntry(
        "similarity:similarity",
        "cosine of the embeddings of two answers",
        blind=(
            'Negation: "is available" and "is not available" are near each other.',
            "One changed number, date or name moves it little.",
            "Its values are those of the embedder: limits do not carry over to another one.",
        ),
    ),
    "citations": CatalogEntry(
        "citations:citations",
        "share of the citations whose source was retrieved",
        blind=(
            "Whether the cited source says what the answer says is not looked at.",
            'Citations in running text, by a title or "see above", are not seen.',
            "A number in brackets that cites nothing, as in code, counts as a citation.",
        ),
    ),
    "answer_length": CatalogEntry(
        "answer_form:answer_length",
        "1 if the answer is as long as it should be",
        blind=("What the words say.",),
    ),
    "answer_format": CatalogEntry(
        "answer_form:answer_format",
        "1 if the answer is a line, a list, a table or plain text",
        blind=("What the answer says, and Markdown that is seldom used.",),
    ),
    "answer_language": CatalogEntry(
        "answer_language:answer_language",
        "1 if the answer is in the language of the question, or in a named one",
        blind=(
            "An answer of a few words tells no language and counts as right.",
            "Languages that share words and script are told apart in whole sentences only.",
            "Ukrainian, Persian or Marathi are seen as the language that is known of their script.",
            "A text in two languages counts as the one that it has more of.",
        ),
    ),
}
