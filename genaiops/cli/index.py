"""`genaiops index`: build, inspect and query."""

from typing import Annotated

import typer

from genaiops.cli.door import ensure_trust, note, run_async, show, show_json, trusted_session
from genaiops.cli.options import ConfigOption, JsonOption, TrustOption, new_app
from genaiops.cli.render import count_progress
from genaiops.cli.text import one_line, table, terminal_width
from genaiops.index.retrieve import Found
from genaiops.project.indexing import build, query, status
from genaiops.project.wants import used_by_index

app = new_app("Build, inspect and query an index.")

NameArgument = Annotated[str, typer.Argument(help="An index by name.")]


@app.command("build")
def build_command(
    name: NameArgument, config: ConfigOption = None, trust: TrustOption = None
) -> None:
    """Build the index aside, verify it, and make it the current version."""
    session = trusted_session(config, trust)
    ensure_trust(session, used_by_index(session.project, name))
    with count_progress(f"index {name}", "texts") as on_progress:
        version = run_async(build(session, name, on_progress))
    show(
        f"{name} {version.digest[:12]}: {len(version.documents())} documents, "
        f"{version.manifest.passages} passages"
    )


@app.command("status")
def status_command(
    name: Annotated[str | None, typer.Argument(help="By default all indexes.")] = None,
    config: ConfigOption = None,
) -> None:
    """Tell whether each index is fresh, and what changed since it was built."""
    session = trusted_session(config, None)
    names = [name] if name else sorted(session.project.indexes)
    rows: list[tuple[str, ...]] = []
    for each in names:
        found = run_async(status(session, each))
        digest = found.version.digest[:12] if found.version else ""
        built = found.built_at.isoformat(timespec="seconds") if found.built_at else ""
        rows.append((each, found.state.replace("_", " "), digest, built, "; ".join(found.problems)))
    show(table(rows) if rows else "no index: write indexes/NAME.yaml")


@app.command("query")
def query_command(
    name: NameArgument,
    text: Annotated[str, typer.Argument(help="What to look for.")],
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="So many passages.")] = 5,
    config: ConfigOption = None,
    json: JsonOption = False,
    trust: TrustOption = None,
) -> None:
    """Show the best passages, with the ranks and scores that brought them up."""
    session = trusted_session(config, trust)
    ensure_trust(session, used_by_index(session.project, name))
    found, notes = run_async(query(session, name, text, k, on_wait=note))
    for told in notes:
        note(told)
    if json:
        show_json([entry.passage.model_dump(mode="json") for entry in found])
        return
    if not found:
        note("no passage was found")
    for place, entry in enumerate(found, start=1):
        passage = entry.passage
        show(f"{place}. {passage.document} [{passage.start}:{passage.end}]  {_ranks(entry)}")
        show(f"   {one_line(passage.text, terminal_width() - 3)}")


def _ranks(entry: Found) -> str:
    parts: list[str] = []
    if entry.dense_rank is not None:
        parts.append(f"dense #{entry.dense_rank} ({entry.dense_score:.2f})")
    if entry.lexical_rank is not None:
        parts.append(f"lexical #{entry.lexical_rank} ({entry.lexical_score:.1f})")
    return ", ".join(parts)
