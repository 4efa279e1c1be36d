"""Everything that people read: numbers, tables, sentences and figures. Pure."""
