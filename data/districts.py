"""The packaged table of districts, and how it was made: `python -m data.districts`.

After the first release it stays as it is (`data.releases` refuses another).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

from data.sheets import beside
from geo.districts import Districts, make_districts, read_districts
from geo.municipalities import municipalities

TABLE = Path(__file__).parent / "tuscany" / "districts.csv"


@cache
def districts() -> Districts:
    """The districts in use."""
    return read_districts(pd.read_csv(TABLE, dtype=str), municipalities())


def main() -> None:
    """Make the table anew from population and borders."""
    with beside(TABLE) as target:
        make_districts(municipalities()).to_csv(target, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
