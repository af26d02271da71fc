"""Rollouts as files for what splits traffic elsewhere."""

from genaiops.rollout.manifests.place import Place
from genaiops.rollout.manifests.written import TARGETS, Target, written_manifest

__all__ = ["TARGETS", "Place", "Target", "written_manifest"]
