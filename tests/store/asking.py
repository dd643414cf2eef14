"""Questions to a data directory whose server has ended, past all of our own code but the engine's client."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

_ASK = """
import json, sys, clickhouse_connect
client = clickhouse_connect.get_client(interface="chdb", path=sys.argv[1])
print(json.dumps([client.query(sql).result_rows for sql in json.loads(sys.argv[2])], default=str))
"""


def ask(data: Path, *questions: str) -> list[list[list[Any]]]:
    """The rows of each question, from a process of its own: the engine allows one directory in each."""
    command = [sys.executable, "-c", _ASK, str(data / "engine"), json.dumps(questions)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    answer: list[list[list[Any]]] = json.loads(done.stdout)
    return answer
