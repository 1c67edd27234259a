"""Test cases beside a policy: what is given, what has to come of it, and what no case looks at."""
