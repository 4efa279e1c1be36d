"""Damage to the store's files: what was found, what was not loaded, and where the damaged file is kept."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final

from pydantic import AliasChoices, Field

from services.core.units import Bytes, Timestamp


class Fault(StrEnum):
    """Kinds of damage to a file."""

    #: It is whole up to some byte only: it was cut there.
    CUT = "cut"
    #: A snapshot, of which no part can be loaded.
    UNREADABLE = "unreadable"
    #: It is listed and not there.
    MISSING = "missing"
    #: The list of files is missing or unreadable: it was made again from the files' names.
    UNLISTED = "unlisted"
    #: No file is there, though the folder has been used.
    EMPTY = "empty"


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """One damaged file of the store, as it was found at a start."""

    #: Earlier versions stored it as `found`.
    found_at: Annotated[Timestamp, Field(validation_alias=AliasChoices("found_at", "found"))]
    fault: Fault
    #: Name of the file; the folder's path where no file is there.
    file: str
    #: Bytes of it that were not loaded.
    lost: Bytes
    #: Folder in which the damaged file is kept as it was found; empty where there was none.
    kept: str

    @property
    def words(self) -> str:
        """The damage and the data that may be missing, in sentences."""
        copy = f" The file as it was is kept in {self.kept}." if self.kept else ""
        return _WORDS[self.fault].format(file=self.file, lost=f"{self.lost:,}") + copy


_WORDS: Final = {
    Fault.CUT: "{lost} bytes at the end of {file} cannot be read and were cut off. "
    "Experiments that ran last may be missing or incomplete.",
    Fault.UNREADABLE: "The snapshot {file} ({lost} bytes) cannot be read and was not loaded. "
    "Older experiments may be missing.",
    Fault.MISSING: "The file {file} is missing. Experiments may be missing.",
    Fault.UNLISTED: "The list of the store's files, {file}, was missing or unreadable and was made again from the "
    "files that were there. Experiments may be missing.",
    Fault.EMPTY: "The store's files are gone from {file}: the lab started empty.",
}
