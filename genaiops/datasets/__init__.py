"""Labelled cases: reading, checking and describing them."""

from genaiops.datasets.check_tags import TagProblem, check_tags
from genaiops.datasets.dataset import Dataset
from genaiops.datasets.location import dataset_path
from genaiops.datasets.opening import open_dataset

__all__ = ["Dataset", "TagProblem", "check_tags", "dataset_path", "open_dataset"]
