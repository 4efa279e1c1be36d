"""The appearance of models for text; figures read it from the table of models itself."""

from __future__ import annotations

from services.core.models import MODELS


def stylesheet() -> str:
    """Return the CSS rules `.model-threads` and so on: the colour and the glyph of each model."""
    return "\n".join(
        f".model-{model} {{ --model: {one.appearance.colour}; }}\n"
        f'.model-{model}::before {{ content: "{one.appearance.glyph}"; }}'
        for model, one in MODELS.items()
    )
