"""`make bench`: what things cost, as ratios measured side by side in one run, printed as a table. Nothing here passes or fails.

`python -m tests.benchmarks signing large` measures some of it only.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks import large, moving_in, policies, reports, signing, starting

SUBJECTS = {"signing": signing, "moving_in": moving_in, "reports": reports, "starting": starting, "policies": policies, "large": large}


def main() -> None:
    for name in sys.argv[1:] or SUBJECTS:
        with TemporaryDirectory(prefix="governance-bench-", dir="/var/tmp") as place:  # on a disk: memory would flatter what is durable
            folder = Path(place)
            folder.chmod(0o755)  # the database server is another user
            SUBJECTS[name].main(folder)  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
