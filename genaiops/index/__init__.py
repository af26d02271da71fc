"""Documents to passages: building, checking and asking the retrieval artefact."""
