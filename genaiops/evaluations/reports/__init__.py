"""Reports of an evaluation, by the suffix of the file that is wanted."""

from genaiops.evaluations.reports.html import render_page, write_page
from genaiops.evaluations.reports.report import ArmReport, Report
from genaiops.evaluations.reports.write import SUFFIXES, check_suffix, write_report

__all__ = [
    "SUFFIXES",
    "ArmReport",
    "Report",
    "check_suffix",
    "render_page",
    "write_page",
    "write_report",
]
