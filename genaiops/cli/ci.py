"""What `gate` leaves behind in CI: annotations, the summary of the job, the comment."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from genaiops.cli.app import print_command
from genaiops.cli.door import note
from genaiops.errors import GenaiopsError, InputError
from genaiops.evaluations.reports import Report
from genaiops.evaluations.reports.github import github_commands
from genaiops.evaluations.reports.markdown import render_markdown
from genaiops.project.environment import process_environment
from genaiops.project.pull_request import keep_comment, pull_request_of

_ADDRESS = re.compile(r"https?://[^\s<>\"]+\Z")

CommentOption = Annotated[
    bool,
    typer.Option("--comment", help="In CI, keep one comment of the pull request up to date."),
]
ReportUrlOption = Annotated[
    str | None,
    typer.Option("--report-url", help="Where the .html of this run will be, for links to cases."),
]


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The CI job that this process is a part of, if any, by its variables."""

    environment: Mapping[str, str]

    @classmethod
    def of_process(cls) -> "Pipeline":
        return cls(process_environment())

    @property
    def job(self) -> str | None:
        """The address of the job."""
        given = self.environment.get
        if self._is_github:
            parts = (given("GITHUB_SERVER_URL"), given("GITHUB_REPOSITORY"), given("GITHUB_RUN_ID"))
            address = "{}/{}/actions/runs/{}".format(*parts) if all(parts) else ""
        else:
            address = given("CI_JOB_URL", "") if given("GITLAB_CI") == "true" else ""
        return address if _ADDRESS.match(address) else None

    def linked(self, report: Report, *, command: str, page: str | None) -> Report:
        """The report with the command that makes it again, and where it can be seen."""
        if report.origin is None:
            return report
        origin = replace(report.origin, command=command, page=page, job=self.job)
        return replace(report, origin=origin)

    def tell(self, report: Report, *, comment: bool) -> None:
        """Annotate the files and add to the summary of the job, and write the comment if asked.

        What cannot be told is noted, and is no reason to end otherwise.
        """
        if self._is_github:
            for command in github_commands(report):
                print_command(command)
        summary = self.environment.get("GITHUB_STEP_SUMMARY")
        if summary:
            _append(Path(summary), report)
        if comment:
            self._comment(report, summary)

    @property
    def _is_github(self) -> bool:
        return self.environment.get("GITHUB_ACTIONS") == "true"

    def _comment(self, report: Report, summary: str | None) -> None:
        try:
            pull_request = pull_request_of(self.environment)
            about = report.origin.evaluation.path if report.origin else report.run.eval
            keep_comment(pull_request, about, "".join(render_markdown(report)))
        except GenaiopsError as error:
            instead = "the summary of the job has the report" if summary else "-o report.md has it"
            note(f"no comment: {error}; {instead}")
        else:
            note("the comment of the pull request is up to date")


def checked_address(address: str | None) -> str | None:
    """The address of a page, as it can be linked to.

    Raises:
        InputError: it is none.
    """
    if address is not None and not _ADDRESS.match(address):
        raise InputError(f"--report-url {address!r} is no address: begin it with https://")
    return address


def _append(path: Path, report: Report) -> None:
    try:
        with path.open("a", encoding="utf-8", newline="\n") as file:
            file.writelines(render_markdown(report))
            file.write("\n")
    except OSError as error:
        note(f"{path}: the summary of the job cannot be written: {error.strerror}")
