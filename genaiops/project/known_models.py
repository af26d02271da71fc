"""What the models of a catalog are, in the words of OpenTelemetry."""

from collections.abc import Mapping

from genaiops.serve.served import KnownModel
from genaiops.specs.catalog import (
    CatalogSpec,
    LangchainModel,
    LocalModel,
    ModelSpec,
    ModerationModel,
    OpenAIModel,
)


def known_models(catalog: CatalogSpec) -> Mapping[str, KnownModel]:
    """Each model by its name in the catalog."""
    return {name: _known(name, entry) for name, entry in catalog.models.items()}


def _known(name: str, entry: ModelSpec) -> KnownModel:
    match entry:
        case OpenAIModel():
            azure = entry.api_version is not None
            return KnownModel("azure.ai.openai" if azure else "openai", entry.model)
        case ModerationModel():
            return KnownModel("openai", entry.model)
        case LangchainModel():
            return KnownModel(entry.model_provider or "langchain", entry.model)
        case LocalModel():
            return KnownModel(f"genaiops.{entry.provider}", entry.weights, is_here=True)
        case _:
            return KnownModel(f"genaiops.{entry.provider}", name, is_here=True)
