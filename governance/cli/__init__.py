"""The command line: a door like the pages. Parse, call, phrase; no rules."""
