"""Where the page lies, and what it costs before somebody looks."""

from __future__ import annotations

import json
import subprocess
import sys

from command_line import ROOT, environment

SCRIPT = """
import json, sys
from urllib.request import urlopen
from flows.execution.cluster import Cluster

if __name__ == "__main__":
    cluster = Cluster(1)
    made = ["flows.dashboard.page" in sys.modules]
    pages = [urlopen(cluster.page).read().decode(), urlopen(cluster.dashboard).read().decode()]
    made.append("flows.dashboard.page" in sys.modules)
    cluster.close()
    words = ('href="memo"', "prefers-color-scheme")
    print(json.dumps([made, [[word in page for page in pages] for word in words]]))
"""


def test_the_page_is_made_when_somebody_opens_the_dashboard_and_stands_in_its_menu() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, env=environment(), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    made, (in_menu, ours) = json.loads(done.stdout)
    assert made == [False, True]
    assert in_menu == [True, True]
    assert ours == [True, False]
