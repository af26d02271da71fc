"""Reports of an evaluation, by the suffix of the file that is wanted."""

from genaiops.evaluations.reports.output import write_page
from genaiops.evaluations.reports.report import ArmReport, Report
from genaiops.evaluations.reports.write import SUFFIXES, check_suffix, write_report

__all__ = ["SUFFIXES", "ArmReport", "Report", "check_suffix", "write_page", "write_report"]
