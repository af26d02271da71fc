"""Labelled cases: reading, checking and describing them."""

from genaiops.datasets.dataset import Dataset, open_dataset

__all__ = ["Dataset", "open_dataset"]
