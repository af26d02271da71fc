import pytest

from genaiops.errors import InputError
from genaiops.project.named_models import entry_of


def test_openai_takes_its_address_and_key_from_where_everybody_has_them() -> None:
    plain = entry_of("openai:gpt-4o-mini", {})
    assert plain == {
        "provider": "openai",
        "model": "gpt-4o-mini",
        "base_url": "https://api.openai.com/v1",
        "api_key": "${env:OPENAI_API_KEY}",
        "price": {"input_usd_per_mtok": 0.15, "output_usd_per_mtok": 0.6},
    }
    own = {"OPENAI_BASE_URL": "https://far.example/v1", "OPENAI_API_KEY": "sk-secret"}
    assert entry_of("openai:m", own)["base_url"] == "https://far.example/v1"
    assert "sk-secret" not in str(entry_of("openai:m", own))


def test_an_endpoint_on_this_machine_needs_no_key() -> None:
    local = {"OPENAI_BASE_URL": "http://127.0.0.1:8080/v1"}
    assert "api_key" not in entry_of("openai:m", local)
    assert "api_key" in entry_of("openai:m", {**local, "OPENAI_API_KEY": "k"})


def test_other_providers_are_named_the_same_way() -> None:
    assert entry_of("extractive", {}) == {"provider": "extractive"}
    assert entry_of("local:smollm2-135m", {}) == {"provider": "local", "weights": "smollm2-135m"}
    assert entry_of("langchain:anthropic:claude", {}) == {
        "provider": "langchain",
        "model": "anthropic:claude",
    }


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("gpt-4o", "write PROVIDER:NAME, such as openai:gpt-4o-mini"),
        ("smollm2-135m", "write its provider too: local:smollm2-135m"),
        ("opnai:gpt-4o", "did you mean 'openai'"),
        ("openai:", "write PROVIDER:NAME"),
        ("local:smolm2-135m", "did you mean 'smollm2-135m'"),
    ],
)
def test_a_model_that_is_none_is_told_with_what_would_be(name: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        entry_of(name, {})


def test_the_models_of_the_catalog_are_listed_with_a_name_that_is_near_none() -> None:
    with pytest.raises(InputError, match=r"--judge zz: .* catalog\.yaml \(known: floor, reel\)"):
        entry_of("zz", {}, ["reel", "floor"], option="--judge")


@pytest.mark.parametrize("url", ["notaurl", "http://", "ftp://x", "https://me:key@far.example/v1"])
def test_an_address_that_cannot_be_asked_is_told_by_its_variable(url: str) -> None:
    with pytest.raises(InputError) as caught:
        entry_of("openai:m", {"OPENAI_BASE_URL": url})
    assert str(caught.value).startswith("OPENAI_BASE_URL must be like https://host/v1")
    assert "key@" not in str(caught.value)


def test_a_provider_that_is_one_is_not_suggested_again() -> None:
    with pytest.raises(InputError) as caught:
        entry_of("openai:", {})
    assert "did you mean" not in str(caught.value)
