"""`python PATH/concurrency_lab_inside POOL CONCURRENCY NAME`: one measured worker, wired by LAB_MEASURED.

Run as a directory, so that nothing needs to be installed. Neither the modules in this folder nor the packages beside it
are on the search path: none of them can take the place of a user's module of the same name.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path


def main() -> None:
    """Make this folder, and nothing beside it, importable as a package; then start the worker."""
    folder = Path(__file__).resolve().parent
    # Python puts the directory that it runs first on the search path, also with -P or PYTHONSAFEPATH.
    sys.path[:] = [one for one in sys.path if Path(one).resolve() != folder]
    spec = importlib.util.spec_from_file_location(
        folder.name, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    assert spec is not None
    sys.modules[folder.name] = importlib.util.module_from_spec(spec)
    if sys.argv[1:] == ["look"]:
        from concurrency_lab_inside.look import look

        look()
        return
    from concurrency_lab_inside.start import start

    start(*sys.argv[1:])


if __name__ == "__main__":
    main()
