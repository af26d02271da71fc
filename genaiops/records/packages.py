"""A release as it leaves its project: what a server of it has to know."""

from pydantic import JsonValue

from genaiops.records.record import Record
from genaiops.records.releases import Release


class Package(Record):
    """A release without the shelf that it came from.

    `id` is that of the release, whose files stand beside as a project of their own. `serving` is
    what `genaiops.yaml` said of serving when it was packaged.
    """

    id: str
    release: Release
    serving: dict[str, JsonValue]
