"""Reports of an evaluation, by the suffix of the file that is wanted."""

from genaiops.evaluate.reports.report import Report
from genaiops.evaluate.reports.write import SUFFIXES, render_report, write_report

__all__ = ["SUFFIXES", "Report", "render_report", "write_report"]
