"""The program as it is, at a moment of the test's choosing: `serve.py PORT FILE`.

FILE holds an ISO 8601 moment with its offset, read anew at each look at the clock, so that
one server lives through an afternoon's planning and a night's driving.
"""

import sys
from datetime import datetime
from pathlib import Path

from streamlit.web import cli

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from screens import session  # noqa: E402


def main() -> None:
    port, clock = sys.argv[1], Path(sys.argv[2])
    session.clock = lambda: datetime.fromisoformat(clock.read_text(encoding="utf-8").strip())
    sys.argv = ["streamlit", "run", str(ROOT / "app.py"), "--server.port", port]
    sys.exit(cli.main())


if __name__ == "__main__":
    main()
