"""One colour, marker and dash per model, the same on every page: colour alone tells nobody who cannot see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from services.core.experiment import Model


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a model is drawn."""

    #: From Okabe and Ito, "Color Universal Design" (2008); the four here have a contrast of 3 on both backgrounds.
    colour: str
    #: Plotly's name of the marker, and the same shape as a character for text.
    marker: str
    glyph: str
    #: Plotly's name of the dash.
    dash: str


LOOKS: Final[dict[Model, Look]] = {
    Model.SEQUENTIAL: Look(colour="#CC79A7", marker="diamond", glyph="◆", dash="dot"),
    Model.THREADS: Look(colour="#0072B2", marker="circle", glyph="●", dash="solid"),
    Model.GEVENT: Look(colour="#009E73", marker="triangle-up", glyph="▲", dash="dash"),
    Model.PREFORK: Look(colour="#D55E00", marker="square", glyph="■", dash="dashdot"),
}


def stylesheet() -> str:
    """The same looks for text: `.model-threads` and so on."""
    return "\n".join(
        f'.model-{model} {{ --model: {look.colour}; }}\n.model-{model}::before {{ content: "{look.glyph}"; }}'
        for model, look in LOOKS.items()
    )
