import threading
from pathlib import Path
from queue import Empty

from kombu import Connection

from badgecert import file_queue

MESSAGES = 400


def connection(folder: Path) -> Connection:
    (folder / "control").mkdir(exist_ok=True)
    file_queue.register()
    return Connection(
        f"{file_queue.SCHEME}://localhost",
        transport_options={
            "data_folder_in": str(folder),
            "data_folder_out": str(folder),
            "control_folder": str(folder / "control"),
        },
    )


def test_messages_come_in_their_order(tmp_path: Path) -> None:
    with connection(tmp_path) as link:
        queue = link.SimpleQueue("letters")
        for letter in "abc":
            queue.put({"letter": letter})

        assert [queue.get(timeout=5).payload["letter"] for _number in range(3)] == ["a", "b", "c"]


def test_a_reader_beside_a_writer_meets_whole_messages_only(tmp_path: Path) -> None:
    with connection(tmp_path) as writing, connection(tmp_path) as reading:
        channels = writing.channel(), reading.channel()
        filling = "x" * 20_000

        def write() -> None:
            for number in range(MESSAGES):
                channels[0]._put("letters", {"number": number, "filling": filling})

        writer = threading.Thread(target=write)
        writer.start()
        taken = []
        while writer.is_alive() or len(taken) < MESSAGES:
            try:
                taken.append(channels[1]._get("letters"))
            except Empty:
                continue
        writer.join()

    assert [message["number"] for message in taken] == list(range(MESSAGES))
