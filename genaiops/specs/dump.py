"""Plain values to YAML as a person would write it: block style, keys in their order, no aliases."""

import yaml
from pydantic import JsonValue


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002  the base class has it
        return True


def dump_yaml(value: JsonValue) -> str:
    """The text of a file that `parse_yaml` reads as this value."""
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
