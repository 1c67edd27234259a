"""The evidence report: a pure function from a record to one PDF. Knows no database; `reads/` fills the record."""
