"""An invented region to try the program on: nothing in it is, or stands for, a real one.

Everything is drawn from a seed and flagged synthetic. Where zones lie follows one rule
(`data.demo.places`): chance, on the roads of municipalities that have never been
publicly named in connection with the field.
"""

from data.demo.region import SEED, DemoRegion, generate

__all__ = ["SEED", "DemoRegion", "generate"]
