"""The largest body a request may have, however it is sent."""

from __future__ import annotations

from io import BytesIO
from typing import Final

from flask import Flask, request
from werkzeug.exceptions import RequestEntityTooLarge

#: Bytes. The largest sensible experiment is a hundredth of it.
LARGEST: Final = 64 * 1024


def register(app: Flask) -> None:
    """Let `app` answer a larger body with 413."""
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST

    @app.before_request
    def measure_chunks() -> None:
        """Werkzeug silently cuts a body of unknown length at the limit: such a body is read here."""
        if request.content_length is None and "chunked" in request.headers.get("Transfer-Encoding", "").lower():
            body = request.environ["wsgi.input"].read(LARGEST + 1)
            if len(body) > LARGEST:
                raise RequestEntityTooLarge
            request.environ["wsgi.input"] = BytesIO(body)
