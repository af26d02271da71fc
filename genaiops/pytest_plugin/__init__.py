"""Evaluations under pytest: each gate as a test item, open gates by their own word, fixtures."""

from genaiops.pytest_plugin.fixtures import genaiops_evaluate, genaiops_project
from genaiops.pytest_plugin.hooks import (
    pytest_addoption,
    pytest_collect_file,
    pytest_report_teststatus,
    pytest_runtest_call,
    pytest_runtest_makereport,
    pytest_terminal_summary,
)

__all__ = [
    "genaiops_evaluate",
    "genaiops_project",
    "pytest_addoption",
    "pytest_collect_file",
    "pytest_report_teststatus",
    "pytest_runtest_call",
    "pytest_runtest_makereport",
    "pytest_terminal_summary",
]
