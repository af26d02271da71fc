"""The composition root: a folder of specs, read, checked and made into objects that run."""
