"""The page: an evaluation, or several arms of one, as HTML files that need nothing else."""

from genaiops.evaluations.reports.html.page import render_page, write_page

__all__ = ["render_page", "write_page"]
