from queue import Empty

import pytest
from django.conf import settings
from kombu import Connection
from kombu.common import ignore_errors

from badgecert import redis_queue
from tests.services import Redis


@pytest.fixture
def redis():
    server = Redis()
    server.start()
    yield server
    server.remove()


def test_connection_that_is_lost_with_a_message_in_hand_can_be_closed(redis):
    redis_queue.register()
    connection = Connection(
        f"redis+socket://{redis.socket}", transport_options=settings.CELERY_BROKER_TRANSPORT_OPTIONS
    )
    queue, control = connection.SimpleQueue("tasks"), connection.SimpleQueue("control", channel=connection.channel())
    queue.put({"ring": True})
    queue.get(timeout=5)
    # Both channels wait when Redis goes.
    for waiting in (queue, control):
        with pytest.raises(Empty):
            waiting.get(timeout=0.1)
    redis.stop()

    # As Celery's worker does when it notices.
    connection.collect(socket_timeout=1)
    ignore_errors(connection, connection.close)

    assert not connection.connected
