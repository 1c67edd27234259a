"""From YAML to domain values: reading with positions, strict models, conditions, plans."""
