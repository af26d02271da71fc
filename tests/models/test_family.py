import pytest

from genaiops.models.family import family_of


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("gpt-4o-mini-2024-07-18", "GPT"),
        ("azure/o3-mini", "GPT"),
        ("qwen2.5-coder-1.5b", "Qwen"),
        ("Qwen/QwQ-32B", "Qwen"),
        ("meta-llama/Llama-3.1-8B-Instruct", "Llama"),
        ("claude-sonnet-4-5", "Claude"),
        ("smollm2-135m", "SmolLM"),
        ("DeepSeek-R1-Distill-Llama-70B", "DeepSeek"),
        ("mixtral-8x7b", "Mistral"),
        ("google/gemma-3-27b-it", "Gemini and Gemma"),
        ("microsoft/phi-4", "Phi"),
        ("delphi-2", None),
        ("our-own", None),
        ("proto1", None),
    ],
)
def test_a_name_tells_the_family(name: str, family: str | None) -> None:
    assert family_of(name) == family


def test_the_first_name_that_tells_counts() -> None:
    assert family_of("answering", None, "claude-haiku", "gpt-4o") == "Claude"
    assert family_of() is None
