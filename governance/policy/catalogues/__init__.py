"""Catalogues of frameworks from other tools: read as strictly as a policy, and written as part of one."""
