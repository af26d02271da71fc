"""Models that judge: by a rubric in a file, one answer or two, and whether passages say a claim."""
