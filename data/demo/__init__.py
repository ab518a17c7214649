"""An invented region to try the program on: nothing in it is, or stands for, a real one.

Everything is drawn from a seed and flagged synthetic. Where zones lie follows one rule
(`data.demo.places`): chance, on the provincial and industrial roads that are left when
every municipality that might be named in connection with the field is struck out.
"""

from data.demo.region import SEED, DemoRegion, generate

__all__ = ["SEED", "DemoRegion", "generate"]
