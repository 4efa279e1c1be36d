"""`python -m dashboard`: pages and REST API, until a signal ends it. Reads LAB_REDIS_URL, LAB_BIND and LAB_HOSTS."""

from __future__ import annotations

import os
import sys

from dashboard.serve import serve
from services.core.errors import LabError
from services.core.settings import Settings


def main() -> int:
    """Exit code 1 when it cannot start, with the reason on stderr."""
    try:
        settings = Settings.read(os.environ)
        if settings.redis_url is None:
            raise LabError("LAB_REDIS_URL must name the lab's store")
        serve(settings, settings.redis_url)
    except LabError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
