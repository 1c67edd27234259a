"""What the fork server does once, so that every writer it starts begins at once: imports, mappings, the policy read and compiled."""

from pathlib import Path
from tempfile import TemporaryDirectory

from tests.faults import writer
from tests.faults.house import make

with TemporaryDirectory() as place:
    make(Path(place))
    writer.write(Path(place), None, writer.ROUND, lambda _: None, synchronous="OFF")
