"""A release as an image: the files by which an engine builds and runs it."""

from genaiops.release.image.compose import compose_file
from genaiops.release.image.dockerfile import dockerfile
from genaiops.release.image.image import PACKAGE, Image

__all__ = ["PACKAGE", "Image", "compose_file", "dockerfile"]
