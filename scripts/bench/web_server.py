"""The web server that is measured."""

import atexit
import os
import subprocess
import sys
import urllib.request

from tests import children

WEB_PROCESSES = 2
WEB_THREADS = 2


def start_web_server(port: int, **environment: str) -> None:
    """As in the image: two processes of two threads, each with a database connection of its own that stays open."""
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", str(WEB_PROCESSES), "--blocking-threads", str(WEB_THREADS), "--no-ws"),
        *("--log-level", "warning", "badgecert.wsgi:application"),
    ]
    server = children.start(command, stdout=subprocess.DEVNULL, env={**os.environ, **environment})
    atexit.register(children.stop, server)
    children.wait_until(lambda: answers(port), server, what="The web server", output=str)


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/bench/hello", timeout=5) as answer:  # ours
            return bool(answer.status == 200)
    except OSError:
        return False
