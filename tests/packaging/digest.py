"""What is in the stores of a data folder, as one line of JSON: rows a table, and a digest of the tables that hold what
citizens came for."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

from sqlalchemy import inspect, text

from clerk_app.crypto.keyfile import open_keyring
from clerk_app.crypto.provider import NationalCrypto
from clerk_app.ports.clock import SystemEntropy
from db.engine import sqlite_engine

KEPT = ("ticket", "intake_case", "case_act", "rating", "seal_use", "visit", "app_user", "journal", "paper")


def main() -> None:
    folder = Path(sys.argv[1])
    entropy = SystemEntropy()
    crypto = NationalCrypto(entropy)
    counts: dict[str, int] = {}
    kept = hashlib.sha256()
    stores = [(folder / "server/hall.db", "hall.key")]
    stores += [(path, "device.key") for path in sorted(folder.glob("window-*/window.db"))]
    for store, key_file in stores:
        keys = open_keyring(store.parent / "keys" / key_file, store, crypto, entropy)
        engine = sqlite_engine(store, keys.key("sqlcipher"), writer=False)
        with engine.connect() as connection:
            for table in sorted(inspect(connection).get_table_names()):
                rows = sorted(repr(tuple(row)) for row in connection.execute(text(f'SELECT * FROM "{table}"')))
                counts[f"{store.parent.name}/{table}"] = len(rows)
                if table in KEPT:
                    kept.update("\n".join(rows).encode())
        engine.dispose()
    print(json.dumps({"counts": counts, "kept": kept.hexdigest()}))


if __name__ == "__main__":
    main()
