from __future__ import annotations

import subprocess
import sys


def test_the_package_itself_loads_no_paper_engine() -> None:
    program = (
        "import sys, clerk_app.documents, clerk_app.documents.raster\n"
        "heavy = {'reportlab', 'escpos', 'PIL', 'segno', 'pypdfium2', 'fontTools'} & set(sys.modules)\n"
        "print(*sorted(heavy), end='')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == ""
