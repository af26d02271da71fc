"""The command line: it parses, calls one use case, renders and sets the exit code."""
