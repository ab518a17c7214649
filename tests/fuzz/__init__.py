"""Fuzzing of what comes in from outside, guided by coverage: `python -m tests.fuzz --runs N`."""
