import subprocess
import sys

from tests.house.source import ROOT

LOADS_THE_ENGINE = """
import certificates.rendering.engine
from PIL import ImageFile
print(ImageFile.LOAD_TRUNCATED_IMAGES)
"""


def test_loading_the_engine_leaves_uploads_to_be_whole_pictures():
    # In a process of its own, because WeasyPrint changes Pillow on the first import only.
    said = subprocess.run(
        [sys.executable, "-c", LOADS_THE_ENGINE], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert said.stdout == "False\n"
