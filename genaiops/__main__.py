"""`python -m genaiops`."""

from genaiops.cli.app import main

if __name__ == "__main__":
    main()
