"""Options of `lab run` as the request that REST takes, and back: the option for a field of a problem."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from services.core.errors import InvalidRequest, Problem
from services.core.units import Value
from services.planning.typed_values import value

#: By field of the request. `params` and `load` have options of their own.
_OPTIONS: Final = {"workload": "WORKLOAD"} | {
    name: f"--{name}"
    for name in ("models", "concurrency", "replicas", "repeats", "effort", "seed", "prefetch", "budget")
}


def body(
    workload: str,
    params: Iterable[str],
    *,
    lists: dict[str, str | None],
    numbers: dict[str, str | None],
    effort: str | None,
    rates: str | None = None,
    arrivals: str | None = None,
) -> dict[str, object]:
    """Return the request without the options that were not given: planning has the defaults and checks values.

    Raises InvalidRequest for parameters that are not of the form NAME=VALUE or are given twice.
    """
    found: dict[str, object] = {"workload": workload, "params": parameters(params)}
    found |= {name: values(name, text) for name, text in lists.items() if text is not None}
    found |= {name: value(text) for name, text in numbers.items() if text is not None}
    load: dict[str, object] = {} if rates is None else {"rate": values("rate", rates)}
    load |= {} if arrivals is None else {"arrivals": arrivals}
    found |= {"load": load} if load else {}
    return found if effort is None else found | {"effort": effort}


def option(field: str) -> str | None:
    """Return how the user typed a field of the request: `--models` for `models.1`; None for no field of it."""
    name, _, rest = field.partition(".")
    if name == "params":
        return f"--param {rest}" if rest else "--param"
    if name == "load":
        return f"--{rest.partition('.')[0] or 'rate'}"
    return _OPTIONS.get(name)


def parameters(texts: Iterable[str], *, option: str = "--param") -> dict[str, Value | list[Value]]:
    """Return the values of `limit=20000`, or the list of `limit=1000,20000`. Raises InvalidRequest."""
    found: dict[str, Value | list[Value]] = {}
    problems = []
    for text in texts:
        name, equals, given = text.partition("=")
        if not equals or not name:
            problems.append(Problem(option, text, "must have the form NAME=VALUE"))
        elif name in found:
            problems.append(
                Problem(f"params.{name}" if option == "--param" else f"{option} {name}", given, "is given twice")
            )
        else:
            several = values(name, given)
            found[name] = several if len(several) > 1 else value(given)
    if problems:
        raise InvalidRequest(problems)
    return found


def values(name: str, text: str) -> list[Value]:
    """Return the values of `1,2,4`; the names of models stay text."""
    parts = [part.strip() for part in text.split(",")] if text.strip() else []
    return list(parts) if name == "models" else [value(part) for part in parts]
