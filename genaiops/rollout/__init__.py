"""The pure part of a rollout: who gets which arm, what the evidence says, what is done next."""
