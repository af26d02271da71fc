"""Puts the example into a wheel, once: it stands at the top of the repository and nowhere else."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

EXAMPLE = ("genaiops.yaml", "catalog.yaml", "catalog.lock", "flows", "evals", "indexes", "datasets")


class ExampleHook(BuildHookInterface[Any]):
    """Adds the example as `genaiops/example`; an editable install reads it where it stands."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the files to include, unless the wheel only points at the checkout."""
        if version == "editable":
            return
        for name in EXAMPLE:
            source = Path(self.root) / name
            build_data["force_include"][str(source)] = f"genaiops/example/{name}"
