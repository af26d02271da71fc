"""The tables of the file of rollouts."""

from genaiops.store.schema import Layout

ROLLOUTS = Layout(
    1,
    """
    CREATE TABLE rollouts (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        flow TEXT NOT NULL,
        is_open INTEGER NOT NULL,
        generation INTEGER NOT NULL,
        record TEXT NOT NULL,
        state TEXT NOT NULL,
        checksum INTEGER NOT NULL
    );
    CREATE UNIQUE INDEX one_open_rollout ON rollouts (flow) WHERE is_open;
    CREATE TABLE events (
        rollout TEXT NOT NULL REFERENCES rollouts (id),
        generation INTEGER NOT NULL,
        record TEXT NOT NULL,
        checksum INTEGER NOT NULL,
        PRIMARY KEY (rollout, generation)
    );
    CREATE TABLE findings (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        rollout TEXT NOT NULL,
        record TEXT NOT NULL,
        checksum INTEGER NOT NULL
    );
    CREATE INDEX findings_by_rollout ON findings (rollout, seq)
    """,
)
