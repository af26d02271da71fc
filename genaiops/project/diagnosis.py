"""What `genaiops doctor` finds: the installation, the variables, the weights and the project."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from genaiops.errors import InputError, SpecError
from genaiops.models.weights import WeightsCatalog, WeightsStatus
from genaiops.project.entry_wants import variables_in
from genaiops.project.environment import process_environment
from genaiops.project.installation import Installation
from genaiops.project.needs import Needs, ProjectState
from genaiops.project.root import find_project_file
from genaiops.project.session import Session, open_session

SWITCHES = (
    "GENAIOPS_TRUST", "GENAIOPS_WEIGHTS", "GENAIOPS_WEIGHT_MIRRORS", "NO_COLOR", "FORCE_COLOR",
    "CI", "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE", "XDG_CONFIG_HOME", "XDG_CACHE_HOME",
)  # fmt: skip
"""Variables that change what genaiops does."""
KEYS = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "AZURE_OPENAI_API_KEY", "ANTHROPIC_API_KEY")
"""Variables that providers are commonly reached with."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All that was found; of a variable only whether it is set."""

    installation: Installation
    switches: Mapping[str, bool]
    keys: Mapping[str, bool]
    weights: tuple[WeightsStatus, ...]
    project: ProjectState | None


async def diagnose(installation: Installation, named: Path | None) -> Diagnosis:
    """Look at everything that can be known without a call or a connection.

    Raises:
        InputError: the project file that is named is not there, or the file of weight mirrors is
            wrong.
    """
    opened = _open(named)
    environment, variables = process_environment(), KEYS
    around = environment
    if isinstance(opened, Session):
        around = opened.environment
        entries = opened.project.catalog.spec.model_dump(mode="json", by_alias=True)
        variables = (*KEYS, *sorted({*variables_in(entries)} - {*KEYS}))
    switches = (*SWITCHES, *sorted(_own_switches(environment) - {*SWITCHES}))
    weights = WeightsCatalog.load(around).list()
    if isinstance(opened, Session):
        opened = await Needs(opened, installation, weights).state()
    return Diagnosis(
        installation,
        {name: _is_set(name, environment) for name in switches},
        {name: _is_set(name, around) for name in variables},
        weights,
        opened,
    )


def _open(named: Path | None) -> Session | ProjectState | None:
    try:
        file = find_project_file(Path.cwd(), named)
    except InputError:
        if named is not None:
            raise
        return None
    try:
        return open_session(named)
    except SpecError as error:
        faults = tuple(str(fault) for fault in error.faults)
        return ProjectState(file.parent, faults=faults)


def _own_switches(environment: Mapping[str, str]) -> set[str]:
    return {name for name in environment if name.startswith("GENAIOPS_")}


def _is_set(name: str, environment: Mapping[str, str]) -> bool:
    return bool(environment.get(name) or environment.get(name.lower()))
