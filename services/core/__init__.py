"""The lab's words as frozen types, with units, errors, settings and codec."""
