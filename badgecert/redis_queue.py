"""The queue in Redis: kombu's own transport, with a worker that outlives the loss of its connection.

kombu hands back what a worker has in hand when its connection closes. After a loss it has forgotten by then where Redis is, and the
worker ended on an AttributeError instead of waiting for Redis to return.
"""

from typing import Any

from kombu.transport import TRANSPORT_ALIASES, redis
from redis import ConnectionError as RedisConnectionError


class Channel(redis.Channel):
    def _get_pool(self, asynchronous: bool = False) -> Any:  # noqa: FBT001, FBT002  its signature there
        if self.connection.client is None:
            # The kind of error that everybody who closes a lost connection expects. What was in hand is a bell: the sweeps ring again.
            msg = "The connection to Redis was lost."
            raise RedisConnectionError(msg)
        return super()._get_pool(asynchronous)  # type: ignore[misc]  # the stubs do not know it


class Transport(redis.Transport):
    Channel = Channel


def register() -> None:
    """In the place of kombu's own, for the schemes of CELERY_BROKER_URL."""
    for scheme in ("redis", "rediss"):
        TRANSPORT_ALIASES[scheme] = f"{__name__}:Transport"
