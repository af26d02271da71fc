"""The report of a rollout: one page that runs nothing and asks nobody for anything."""
