"""What promptfoo's CSV files say in columns of their own. Pure.

Source: https://www.promptfoo.dev/docs/configuration/test-cases and
https://www.promptfoo.dev/docs/configuration/expected-outputs
"""

import re

EXPECTED = re.compile(r"__expected\d*\Z")
METADATA = re.compile(r"__metadata:(.*?)(?:\[\])?\Z")
DESCRIPTION = "__description"

_KINDS = (
    r"agent-rubric|answer-relevance|bleu|classifier|contains|contains-all|contains-any|"
    r"contains-html|contains-json|contains-sql|contains-xml|context-faithfulness|"
    r"context-recall|context-relevance|conversation-relevance|cost|equals|factuality|"
    r"finish-reason|g-eval|gleu|guardrails|icontains|icontains-all|icontains-any|is-html|"
    r"is-json|is-refusal|is-sql|is-valid-function-call|is-valid-openai-function-call|"
    r"is-valid-openai-tools-call|is-xml|javascript|latency|levenshtein|llm-rubric|meteor|"
    r"model-graded-closedqa|model-graded-factuality|moderation|ner|perplexity|"
    r"perplexity-score|pi|python|regex|rouge-l|rouge-n|rouge-s|ruby|search-rubric|"
    r"select-best|similar|similar:cosine|similar:dot|similar:euclidean|skill-used|"
    r"starts-with|tool-call-f1|webhook|word-count"
)
_ASSERTION = re.compile(
    rf"(?:not-)?(?:{_KINDS})(?:\([\d.]+\))?(?::|\Z)"
    r"|(?:fn|eval|grade|trace-[a-z-]+|trajectory:[a-z-]+):|file://"
)


def assertion_of(text: str) -> str | None:
    """The kind of assertion that a cell of `__expected` is, such as `contains:`; None for text."""
    match = _ASSERTION.match(text.strip())
    return match[0] if match else None
