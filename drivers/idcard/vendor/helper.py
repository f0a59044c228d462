"""The helper process: loads one vendor library and calls its functions as it is told. Stands alone; Python 3.8 will do.

One JSON object a line, questions on standard input, answers on standard output::

    ← {"hello": 1, "bits": 32}
    → {"id": 1, "do": "load", "path": "C:\\\\SDT\\\\sdtapi.dll", "convention": "stdcall"}
    ← {"id": 1, "result": 0}
    → {"id": 2, "do": "has", "names": ["SDT_OpenPort"]}
    ← {"id": 2, "result": [true]}
    → {"id": 3, "do": "call", "name": "SDT_ReadBaseMsg", "args": [1001, {"out": 256}, {"count": 0}, …, 0]}
    ← {"id": 3, "result": 144, "out": ["60 5F …", 256, …]}
    ← {"id": 4, "error": "…"}

``{"out": n}`` is a buffer of n bytes that comes back as hex, ``{"count": n}`` a pointer to a number, ``{"path": "…"}``
a path as the system encodes it, a bare number an int. What a library prints goes to standard error. When standard input
ends, or the parent is gone, the process ends, even in the middle of a call that hangs, and takes the folder that
``CLERK_CARD_FOLDER`` names with it: a library may have left a card there.
"""

from __future__ import annotations

import ctypes
import json
import os
import queue
import shutil
import struct
import sys
import threading
from typing import IO, Any

FOLDER = "CLERK_CARD_FOLDER"


def main() -> int:
    # a library that prints must not speak between the answers
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    os.dup2(2, 1)
    questions: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_listen, args=(questions,), daemon=True).start()
    _say(answers, {"hello": 1, "bits": struct.calcsize("P") * 8})
    library: Any = None
    while True:
        question = json.loads(questions.get())
        answer: dict[str, Any] = {"id": question["id"]}
        try:
            if question["do"] == "load":
                library = _load(question["path"], question["convention"])
                answer["result"] = 0
            elif library is None:
                answer["error"] = "no library is loaded"
            elif question["do"] == "has":
                answer["result"] = [hasattr(library, name) for name in question["names"]]
            else:
                answer.update(_call(getattr(library, question["name"]), question["args"]))
        except (OSError, AttributeError, ValueError, TypeError) as error:
            answer["error"] = f"{type(error).__name__}: {error}"
        _say(answers, answer)


def _listen(questions: queue.Queue[str]) -> None:
    for line in sys.stdin:
        questions.put(line)
    folder = os.environ.get(FOLDER)
    if folder:
        os.chdir(os.path.dirname(folder))
        shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


def _say(answers: IO[str], words: dict[str, Any]) -> None:
    answers.write(json.dumps(words) + "\n")
    answers.flush()


def _load(path: str, convention: str) -> Any:
    folder = os.path.dirname(os.path.abspath(path))
    if hasattr(os, "add_dll_directory"):
        os.add_dll_directory(folder)
    # only Windows has WinDLL
    return getattr(ctypes, "WinDLL" if convention == "stdcall" else "CDLL")(path)


def _call(function: Any, wanted: list[Any]) -> dict[str, Any]:
    function.restype = ctypes.c_int
    given: list[Any] = []
    handed: list[Any] = []
    for one in wanted:
        if isinstance(one, int):
            given.append(ctypes.c_int(one))
        elif "out" in one:
            buffer = ctypes.create_string_buffer(one["out"])
            handed.append(buffer)
            given.append(buffer)
        elif "count" in one:
            number = ctypes.c_int(one["count"])
            handed.append(number)
            given.append(ctypes.byref(number))
        else:
            given.append(ctypes.c_char_p(os.fsencode(one["path"])))
    result = function(*given)
    out = [one.value if isinstance(one, ctypes.c_int) else one.raw.hex() for one in handed]
    return {"result": result, "out": out}


if __name__ == "__main__":
    sys.exit(main())
