"""Asks the web server in this container how it is, the way the server in front of it would. Exit code 0: well."""

import os
from http.client import HTTPConnection
from urllib.parse import urlsplit

if __name__ == "__main__":
    base = urlsplit(os.environ["BASE_URL"])
    connection = HTTPConnection("127.0.0.1", 8000, timeout=5)
    connection.request("GET", "/health/ready", headers={"Host": base.netloc, "X-Forwarded-Proto": base.scheme})
    raise SystemExit(connection.getresponse().status != 200)
