"""From what was typed to the same request that REST takes."""

from __future__ import annotations

from collections.abc import Iterable

from services.core.errors import InvalidRequest, Problem
from services.core.units import Value
from services.planning.values import value


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
    """What was not given is left out, so that there is one place for defaults; what is wrong is found there, too.

    Raises InvalidRequest for parameters that are not of the form NAME=VALUE or come twice.
    """
    found: dict[str, object] = {"workload": workload, "params": parameters(params)}
    found |= {name: values(name, text) for name, text in lists.items() if text is not None}
    found |= {name: value(text) for name, text in numbers.items() if text is not None}
    load: dict[str, object] = {} if rates is None else {"rate": values("rate", rates)}
    load |= {} if arrivals is None else {"arrivals": arrivals}
    found |= {"load": load} if load else {}
    return found if effort is None else found | {"effort": effort}


def parameters(texts: Iterable[str]) -> dict[str, Value | list[Value]]:
    """`limit=20000`, or `limit=1000,20000` for cells of each. Raises InvalidRequest."""
    found: dict[str, Value | list[Value]] = {}
    problems = []
    for text in texts:
        name, equals, given = text.partition("=")
        if not equals or not name:
            problems.append(Problem("--param", text, "must look like NAME=VALUE"))
        elif name in found:
            problems.append(Problem(f"params.{name}", given, "is given twice"))
        else:
            several = values(name, given)
            found[name] = several if len(several) > 1 else value(given)
    if problems:
        raise InvalidRequest(problems)
    return found


def values(name: str, text: str) -> list[Value]:
    """`1,2,4` as numbers; the names of models stay text."""
    parts = [part.strip() for part in text.split(",")] if text.strip() else []
    return list(parts) if name == "models" else [value(part) for part in parts]
