"""One function per thing a person or a pipeline can do: load, ask the domain, record. Services never call services."""
