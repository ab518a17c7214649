"""Where things are: pure functions and frozen types. Imports nothing of ours."""
