"""How long an explanation takes: `.venv/bin/python -m bench.explaining`. A region of 100,000 requests against 1,000,000, 50 dimensions.

Makes the table (Parquet) once, then reads and searches it; wall and processor seconds of both parts.
"""

import argparse
import tempfile
import time
from pathlib import Path

import chdb

from sightline.insight.asking import Question, ask
from sightline.insight.explaining import explain
from sightline.store.files import open_file

DIMENSIONS = 50


def make(path: Path, rows: int) -> None:
    names = ", ".join(
        f"concat('v', toString(intDiv(cityHash64(number, {d}) % 1000, {20 + 15 * (d % 12)}))) AS d{d}" for d in range(DIMENSIONS)
    )
    changed = "d3 = 'v1' AND d7 = 'v0' AND after"
    chdb.query(  # type: ignore[no-untyped-call]
        f"SELECT * EXCEPT (number), toUInt8(cityHash64(number, 'fail') % 1000 < 50 + if({changed}, 150, 0)) AS failed FROM ("
        f"SELECT number, number >= {rows} AS after, {names} FROM numbers({rows + rows // 10})) INTO OUTFILE '{path}' FORMAT Parquet"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "requests.parquet"
        make(path, asked.rows)
        wall, cpu = time.perf_counter(), time.process_time()
        with open_file(path) as table:
            units = ask(table, Question("after = 0", "after = 1", "mean(failed)"))
        read = (time.perf_counter() - wall, time.process_time() - cpu)
        wall, cpu = time.perf_counter(), time.process_time()
        found = explain(units)
        print(f"{units.codes.shape[0]:,} units of {asked.rows * 11 // 10:,} rows × {len(units.names)} dimensions")
        print(f"read and encode: {read[0]:.2f} s ({read[1]:.2f} s of processor); search: {time.perf_counter() - wall:.2f} s", end=" ")
        print(f"({time.process_time() - cpu:.2f} s of processor); first: {dict(found.hypotheses[0].where)}")


if __name__ == "__main__":
    main()
