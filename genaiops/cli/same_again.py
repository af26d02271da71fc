"""The command that makes a decision again, for who reads a report of it."""

import shlex

from genaiops.digests import canonical_json
from genaiops.project.evaluating import Asked
from genaiops.project.judging import BASELINE


def same_again(asked: Asked, against: str) -> str:
    """The command that makes the same decision elsewhere."""
    over = asked.overrides
    said = {
        "--variant": over.flow.variant,
        "-m": over.flow.model,
        "--repeats": over.repeats,
        "-n": over.limit,
        "--against": against if against != BASELINE else None,
    }
    words = ["genaiops", "gate", asked.name]
    words += ["--sequential"] if asked.sequential is not None else []
    for option, value in said.items():
        words += [option, str(value)] if value is not None else []
    for tag, value in over.filter.items():
        words += ["--filter", f"{tag}={value if isinstance(value, str) else canonical_json(value)}"]
    return shlex.join(words)
