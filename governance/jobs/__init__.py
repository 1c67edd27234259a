"""Work outside requests: a process that takes jobs by lease."""
