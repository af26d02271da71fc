"""`serving:` of `genaiops.yaml`: which flows are served, to how many, and what is kept of it."""

from pydantic import Field

from genaiops.specs.base import Spec


class ServingLimits(Spec):
    """What one request, one token and the whole server may take."""

    concurrency: int = Field(default=128, ge=1, le=10_000)
    """Requests that run a flow at once; one more is answered by 503 at once."""
    per_token: int = Field(default=64, ge=1, le=10_000)
    """Of those, how many one token may have; one more is answered by 429 at once."""
    connections: int = Field(default=1024, ge=1, le=65_536)
    """Open connections, idle ones too; one more is closed."""
    head_kb: int = Field(default=16, ge=1, le=64)
    """Of the longest header."""
    body_kb: int = Field(default=1024, ge=1, le=262_144)
    """Of the body of a request."""
    head_s: float = Field(default=10, gt=0, le=600)
    """Until the head of a request is there, from its first byte or from the connection."""
    body_s: float = Field(default=15, gt=0, le=600)
    """Until the body is there, from the end of the head."""
    write_s: float = Field(default=15, gt=0, le=600)
    """That a client may take to read what is sent to it."""
    idle_s: float = Field(default=75, gt=0, le=3600)
    """Until a connection without a request is closed; more than of what stands in front of it."""
    answer_s: float = Field(default=120, gt=0, le=3600)
    """Until the whole answer of a flow is there."""
    candidate_s: float = Field(default=5, gt=0, le=3600)
    """Until the candidate of a rollout answers, or begins to where it streams; then stable does.

    More where stable is slow: twice its slowest of late; never more than half of `answer_s`.
    """
    drain_s: float = Field(default=30, ge=0, le=3600)
    """That running requests may take to end after SIGTERM."""


class ServingSpec(Spec):
    """How the flows of the project are served over HTTP."""

    flows: tuple[str, ...] = ()
    """By name; by default all of the project."""
    keep_content: bool = False
    """Keep what users asked and flows answered with the runs, not only figures."""
    otel: bool = False
    """Send spans of requests to where the user's `OTEL_EXPORTER_OTLP_ENDPOINT` says."""
    keep_days: int = Field(default=30, ge=1, le=3650)
    """How long runs are kept."""
    limits: ServingLimits = ServingLimits()
    """Of requests, connections and time."""
