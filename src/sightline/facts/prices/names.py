"""Names as spans say them, and as the catalogue lists them: a table of providers, and the forms that one model's name takes."""

import re
from collections.abc import Callable, Iterator, Mapping

PROVIDERS: Mapping[str, str | None] = {
    # OpenTelemetry's registry
    "aws.bedrock": "aws",
    "azure.ai.inference": "azure",
    "azure.ai.openai": "azure",
    "gcp.gemini": "google",
    "gcp.gen_ai": "google",
    "gcp.vertex_ai": "google",
    "ibm.watsonx.ai": None,
    "mistral_ai": "mistral",
    "moonshot_ai": "moonshotai",
    "x_ai": "x-ai",
    # OpenInference, LangChain, LiteLLM, Vercel and others
    "az.ai.inference": "azure",
    "az.ai.openai": "azure",
    "azure_ai": "azure",
    "azure_openai": "azure",
    "azure_text": "azure",
    "azureml": "azure",
    "azureopenai": "azure",
    "amazon": "aws",
    "amazon_bedrock": "aws",
    "aws_bedrock": "aws",
    "bedrock": "aws",
    "bedrock_converse": "aws",
    "gemini": "google",
    "google_ai": "google",
    "google_anthropic_vertex": "google",
    "google_genai": "google",
    "google_vertex": "google",
    "google_vertexai": "google",
    "google.generative_ai": "google",
    "google.vertex": "google",
    "vertex": "google",
    "vertex_ai": "google",
    "vertex_ai_beta": "google",
    "vertexai": "google",
    "cohere_chat": "cohere",
    "fireworks_ai": "fireworks",
    "fireworksai": "fireworks",
    "grok": "x-ai",
    "mistralai": "mistral",
    "moonshot": "moonshotai",
    "openai_chat": "openai",
    "openai_responses": "openai",
    "perplexity_ai": "perplexity",
    "text_completion_openai": "openai",
    "together_ai": "together",
    "togetherai": "together",
    "voyage": "voyageai",
    "voyage_ai": "voyageai",
    "xai": "x-ai",
    "z_ai": "zai",
    "zhipu": "zhipuai",
}
"""Senders' words and the catalogue's; None where the catalogue has nothing of a provider, so that its models stay unpriced."""

WITHIN: Mapping[str, str] = {"azure": "azure", "bedrock": "aws", "vertex": "google"}
"""Where a word that the table does not have holds one of these, they say who served the call, whoever made the model."""

GATEWAYS = frozenset(
    {"ai_gateway", "custom", "gateway", "langchain", "litellm", "litellm_proxy", "portkey", "unknown", "vercel", "vercel_ai_gateway"}
)
"""Words that say how a call went out and not who served it: the model's name must say that."""

MAKERS = ("openai", "anthropic", "google", "mistral", "cohere", "voyageai", "deepseek", "x-ai", "moonshotai", "perplexity")
"""Who sells models of their own: where a span names no provider, the one of these that lists its model."""

_SEPARATORS = re.compile(r"[\s_-]+")
_BEDROCK = re.compile(
    r"^(?:arn:aws[\w-]*:bedrock:.*/)?(?:(?:us|us-gov|eu|apac|au|jp|ca|sa|me|af|global)\.)?"
    r"(?:ai21|amazon|anthropic|cohere|deepseek|google|meta|minimax|mistral|moonshot|nvidia|openai|qwen|stability|twelvelabs|writer)\.\S"
)
_DATED = re.compile(r"[-@](?:20\d{2}-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01]))(?=$|:)")
_PATH = re.compile(r"^(?:.*/)?(?:models|foundation-model|inference-profile)/(?=.)")


def plain(word: str) -> str:
    """A provider's word without case, with one kind of separator."""
    return _SEPARATORS.sub("_", word.strip().lower())


def is_bedrock(model: str) -> bool:
    """Whether a name has the form that only Bedrock's names have: maker, dot, model."""
    return "/" not in model.removeprefix("arn:").split(":", 1)[0] and _BEDROCK.match(model.lower()) is not None


def forms(model: str, same_provider: Callable[[str], bool]) -> Iterator[str]:
    """The names that a model may be listed under, as sent first: without a path, without its own provider's name, without a date.

    `same_provider`: whether a word before a slash only repeats whom the call went to.
    """
    seen: set[str] = set()

    def new(name: str) -> Iterator[str]:
        if name and name not in seen:
            seen.add(name)
            yield name

    names = [model]
    if (bare := _PATH.sub("", model)) != model:
        names.append(bare)
    rest = model
    while "/" in rest and same_provider(rest.partition("/")[0]):
        rest = rest.partition("/")[2]
        names.append(rest)
    for name in names:
        yield from new(name)
    for name in names:
        yield from new(_DATED.sub("", name))
