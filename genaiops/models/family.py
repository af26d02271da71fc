"""The family of a model, from its names. Pure."""

import re
from collections.abc import Mapping

FAMILIES: Mapping[str, str] = {
    "Claude": r"claude",
    "Command": r"command-(?:r|a|light|nightly)|c4ai",
    "DeepSeek": r"deepseek",
    "Gemini and Gemma": r"gemini|gemma",
    "GLM": r"glm|chatglm",
    "GPT": r"gpt|chatgpt|o[1345](?:-mini|-pro|-preview)?|davinci",
    "Granite": r"granite",
    "Grok": r"grok",
    "Kimi": r"kimi",
    "Llama": r"llama|codellama|tinyllama|vicuna",
    "Mistral": r"mistral|mixtral|ministral|codestral|magistral|devstral",
    "Nova": r"nova-(?:micro|lite|pro|premier)",
    "Phi": r"phi",
    "Qwen": r"qwen|qwq",
    "SmolLM": r"smollm",
}
"""Patterns of names by family. A distilled model counts to the family that is named first."""

_PATTERNS = {
    family: re.compile(rf"(?<![a-z])(?:{names})(?![a-z])", re.IGNORECASE)
    for family, names in FAMILIES.items()
}


def family_of(*names: str | None) -> str | None:
    """The family of a model by any of its names, the first that tells; None where none does."""
    for name in names:
        found = [
            (match.start(), family)
            for family, pattern in _PATTERNS.items()
            if name and (match := pattern.search(name))
        ]
        if found:
            return min(found)[1]
    return None
