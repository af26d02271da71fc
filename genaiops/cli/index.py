"""`genaiops index`: build, inspect and query."""

from dataclasses import asdict
from typing import Annotated

import typer

from genaiops.cli.door import ensure_trust, note, run_async, show, show_json, trusted_session
from genaiops.cli.hold_lines import HoldLines
from genaiops.cli.options import ConfigOption, JsonOption, TrustOption, new_app
from genaiops.cli.render import count_progress
from genaiops.index.freshness import IndexStatus
from genaiops.index.retrieve import Found
from genaiops.project.files import index_name
from genaiops.project.indexing import build, query, status
from genaiops.project.wants import used_by_index
from genaiops.text.layout import one_line, table, terminal_width, wrapped
from genaiops.text.quantities import counted

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
        version = run_async(build(session, name, on_progress, HoldLines().take))
    show(
        f"{name} {version.digest[:12]}: {counted(len(version.documents()), 'document')}, "
        f"{counted(version.manifest.passages, 'passage')}"
    )


@app.command("status")
def status_command(
    name: Annotated[str | None, typer.Argument(help="By default all indexes.")] = None,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Tell whether each index is fresh, and what changed since it was built."""
    session = trusted_session(config, None)
    names = [name] if name else sorted(session.project.indexes)
    found = {each: run_async(status(session, each)) for each in names}
    if json:
        show_json([_status_as_json(index_name(each), state) for each, state in found.items()])
    elif found:
        rows = table([_status_row(each, state) for each, state in found.items()]).split("\n")
        for row, state in zip(rows, found.values(), strict=True):
            show(row)
            for problem in state.problems if state.version else ():
                show(wrapped(problem, indent=2))
    else:
        show("no index: write indexes/NAME.yaml")


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
    found, notes = run_async(query(session, name, text, k, on_wait=note, on_hold=HoldLines().take))
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


def _status_row(name: str, found: IndexStatus) -> tuple[str, ...]:
    return (
        name,
        found.state.replace("_", " "),
        found.version.digest[:12] if found.version else "",
        f"{found.built_at:%Y-%m-%d %H:%M} UTC" if found.built_at else "",
    )


def _status_as_json(name: str, found: IndexStatus) -> dict[str, object]:
    return {
        "index": name,
        "state": found.state,
        "digest": found.version.digest if found.version else None,
        "built_at": found.built_at.isoformat(timespec="seconds") if found.built_at else None,
        "problems": list(found.problems),
        "changes": {kind: list(names) for kind, names in asdict(found.changes).items()},
    }


def _ranks(entry: Found) -> str:
    parts: list[str] = []
    if entry.dense_rank is not None:
        parts.append(f"dense #{entry.dense_rank} ({entry.dense_score:.2f})")
    if entry.lexical_rank is not None:
        parts.append(f"lexical #{entry.lexical_rank} ({entry.lexical_score:.1f})")
    return ", ".join(parts)
