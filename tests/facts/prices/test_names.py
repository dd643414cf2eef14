"""Names as spans say them find the catalogue's entry, or none: never a similar one."""

import pytest

from sightline.facts.prices import Catalogue, price_name


@pytest.mark.parametrize(
    ("word", "provider"),
    [
        ("openai", "openai"),
        ("OpenAI", "openai"),
        ("anthropic", "anthropic"),
        ("gcp.gemini", "google"),
        ("gcp.vertex_ai", "google"),
        ("gcp.gen_ai", "google"),
        ("aws.bedrock", "aws"),
        ("azure.ai.openai", "azure"),
        ("azure.ai.inference", "azure"),
        ("mistral_ai", "mistral"),
        ("x_ai", "x-ai"),
        ("moonshot_ai", "moonshotai"),
        ("perplexity", "perplexity"),
        ("groq", "groq"),
        ("deepseek", "deepseek"),
        ("cohere", "cohere"),
        ("openai.responses", "openai"),
        ("google.vertex.chat", "google"),
        ("google.generative-ai", "google"),
        ("amazon-bedrock", "aws"),
        ("azure-openai.chat", "azure"),
        ("AzureOpenAI", "azure"),
        ("xai.chat", "x-ai"),
        ("togetherai.chat", "together"),
        ("bedrock_converse", "aws"),
        ("vertex_ai_beta", "google"),
        ("ibm.watsonx.ai", None),
        ("ollama", None),
        ("vllm", None),
        ("openai-compatible", None),
        ("litellm", None),
        (None, None),
    ],
)
def test_a_senders_word_names_a_provider(catalogue: Catalogue, word: str | None, provider: str | None) -> None:
    found = catalogue.provider(word)
    assert (found.id if found else None) == provider


@pytest.mark.parametrize(
    ("provider", "model", "request_model", "price"),
    [
        pytest.param("openai", "gpt-4o-mini", None, "openai/gpt-4o-mini", id="as_listed"),
        pytest.param("openai", "gpt-4o-mini-2026-01-15", "gpt-4o-mini", "openai/gpt-4o-mini", id="a_dated_snapshot"),
        pytest.param("openai", "gpt-4o-mini-2026-01-15", None, "openai/gpt-4o-mini", id="a_dated_snapshot_alone"),
        pytest.param("openai", "gpt-4o-2024-05-13", None, "openai/gpt-4o-2024-05-13", id="a_snapshot_with_a_price_of_its_own"),
        pytest.param("openai", "openai/gpt-4o", None, "openai/gpt-4o", id="provider_before_the_slash"),
        pytest.param(None, "openai/gpt-4o", None, "openai/gpt-4o", id="only_before_the_slash"),
        pytest.param("litellm", "azure/gpt-4o", None, "azure/gpt-4o", id="a_gateway_says_nothing"),
        pytest.param(None, "gpt-4o", None, "openai/gpt-4o", id="by_the_models_name"),
        pytest.param(None, "claude-sonnet-4-5-20250929", None, "anthropic/claude-sonnet-4-5", id="claude"),
        pytest.param(None, "text-embedding-3-small", None, "openai/text-embedding-3-small", id="listed_by_one_maker"),
        pytest.param(
            None,
            "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
            None,
            "aws/regional.anthropic.claude-sonnet-4-5-20250929-v1:0",
            id="bedrocks_form",
        ),
        pytest.param(
            None,
            "bedrock/anthropic.claude-3-haiku-20240307-v1:0",
            None,
            "aws/regional.anthropic.claude-3-haiku-20240307-v1:0",
            id="litellms_bedrock",
        ),
        pytest.param("gcp.gemini", "models/gemini-2.5-flash", None, "google/gemini-2.5-flash", id="a_path"),
        pytest.param(None, "models/gemini-2.5-flash", None, "google/gemini-2.5-flash", id="a_path_alone"),
        pytest.param("gcp.vertex_ai", "publishers/google/models/gemini-2.5-flash", None, "google/gemini-2.5-flash", id="vertex_path"),
        pytest.param("azure.ai.openai", "my-deployment", "gpt-4o", "azure/gpt-4o", id="azure_deployment_answers"),
        pytest.param("azure.ai.openai", "gpt-4o-2024-08-06", "my-deployment", "azure/gpt-4o", id="azure_deployment_is_asked"),
        pytest.param("openrouter", "openai/gpt-4o", None, "openrouter/openai/gpt-4o", id="a_reseller"),
        pytest.param("openai", "gpt-99", None, None, id="unknown_model"),
        pytest.param("openai", "my-gpt-4o", None, None, id="a_similar_name"),
        pytest.param("ibm.watsonx.ai", "claude-sonnet-4-5", None, None, id="a_provider_without_prices"),
        pytest.param("deepinfra", "google/gemma-3-27b-it", None, None, id="anothers_model_elsewhere"),
        pytest.param("openai-compatible", "gpt-4o", None, None, id="who_knows_where"),
        pytest.param(None, "llama-3.1-70b", None, None, id="many_sell_it"),
        pytest.param(None, None, None, None, id="nothing"),
    ],
)
def test_a_name_finds_its_price(
    catalogue: Catalogue, provider: str | None, model: str | None, request_model: str | None, price: str | None
) -> None:
    entry = catalogue.find(provider, model, request_model)
    assert (price_name(entry) if entry else None) == price
    rules = catalogue.rules("llm", provider, model, request_model)
    assert {rule.price for rule in rules} == ({price} if price else set())


def test_every_listed_model_is_found_under_its_own_name(catalogue: Catalogue) -> None:
    """Under the id or, where the catalogue's id is not one that its own match takes, not at all; never under another provider."""
    for provider in catalogue.providers:
        for model in provider.models:
            entry = catalogue.find(provider.id, model.id)
            assert entry is None or entry.provider is provider
            if provider.find_model(model.id) is not None:
                assert entry is not None


def test_a_tool_has_no_catalogue_price(catalogue: Catalogue) -> None:
    assert catalogue.rules("tool", "openai", "gpt-4o", None) == []


@pytest.mark.parametrize(
    ("named", "why"),
    [
        (("llm", "openai", "gpt-4o", None), None),
        (("llm", "openai", "gpt-99", "gpt-98"), "unknown model 'gpt-99' or 'gpt-98' of openai"),
        (("llm", None, "llama", None), "unknown model 'llama': neither"),
        (("llm", "vllm", "llama", None), "unknown provider 'vllm'"),
        (("llm", "openai", None, None), "no model is named"),
        (("llm", "openai", "whisper-1", None), "openai/whisper-1 is in the catalogue without a price"),
        (("tool", None, "calculator", None), "no [[prices]] table is for the tool 'calculator'"),
    ],
)
def test_why_there_is_no_price(catalogue: Catalogue, named: tuple[str, str | None, str | None, str | None], why: str | None) -> None:
    said = catalogue.why_none(*named)
    assert said is None if why is None else why in (said or "")
