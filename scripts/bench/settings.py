"""The site's own settings with two more pages: the empty view and the one-row view that pages are compared with."""

from badgecert.settings import *

ROOT_URLCONF = "scripts.bench.urls"
