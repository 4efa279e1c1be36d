"""Headers of every response, so that a page can run only the lab's own files and reach no other host."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from flask import Flask, Response, abort, request

#: The only inline styles there may be: the empty element that plotly.js makes before it fills it through the CSSOM
#: (insertRule), and the one that the MapLibre in plotly.js 4.1.1 adds when the script loads. No page uses a map: with
#: another plotly.js the second is refused, with a line in the console and no other effect.
INLINE_STYLES: Final = (
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
    "'sha256-ji27qzEtxXZW+7dun6UwjHXJ18e6WAin1VvNtkzIE/o='",
)
POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        f"style-src 'self' {' '.join(INLINE_STYLES)}",
        "img-src 'self' data: blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)


def register(app: Flask) -> None:
    """Add the headers to every answer of `app`, and let no other site's page submit to it."""

    @app.before_request
    def refuse_other_sites() -> None:
        if request.method not in ("GET", "HEAD", "OPTIONS") and _from_another_site():
            abort(403, "Only the lab's own pages may do this from a browser")

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers.setdefault("Cache-Control", "no-store")
        return response


def _from_another_site() -> bool:
    """Browsers send the origin of a request; programs send none, and are not restricted."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site not in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is not None and _host_of(origin) != _without_port_80(request.headers.get("Host", ""))


def _host_of(origin: str) -> str | None:
    """Return host and port of an origin; None for `null` and for what is no origin."""
    try:
        return _without_port_80(urlsplit(origin).netloc) or None
    except ValueError:
        return None


def _without_port_80(host: str) -> str:
    return host.lower().removesuffix(":80")
