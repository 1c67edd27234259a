"""HTML to PDF/A-3a that is PDF/UA-1 too, with one file attached. The only module that knows WeasyPrint.

The same HTML, style, attachment and fonts give the same bytes. Whatever would make the file incomplete or invalid stops it.
"""

import gc
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from weasyprint import CSS, HTML, Attachment
from weasyprint.urls import FatalURLFetchingError, URLFetcher

type_Progress = Callable[[int, int, str], None]
