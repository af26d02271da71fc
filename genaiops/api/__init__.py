"""genaiops from Python: in a script, a test or a notebook. Its names are those of `genaiops`."""
