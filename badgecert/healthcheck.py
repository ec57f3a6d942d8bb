"""Asks the web server in this container whether it answers. Exit code 0: it does."""

import os
from http.client import HTTPConnection
from urllib.parse import urlsplit

if __name__ == "__main__":
    # Other host names are refused.
    host = urlsplit(os.environ["BASE_URL"]).netloc
    connection = HTTPConnection("127.0.0.1", 8000, timeout=5)
    connection.request("GET", "/health/live", headers={"Host": host})
    raise SystemExit(connection.getresponse().status != 200)
