"""`python -m genaiops`."""

import sys

# Python puts the working folder first: a project's own `yaml.py` would run as ours, unasked.
if not sys.flags.safe_path and __file__ != f"{sys.path[0]}/genaiops/__main__.py":
    del sys.path[0]

from genaiops.cli.app import main

if __name__ == "__main__":
    main()
