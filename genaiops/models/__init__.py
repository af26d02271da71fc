"""Models and embedders: how they are named, made and reached."""
