"""The character table is what the standard's own data says."""

from __future__ import annotations

import importlib.util
import unicodedata
from pathlib import Path

import numpy as np
import pytest

from dedupe.text.characters import EXPANDS, characters

TOOL = Path(__file__).parent.parent.parent / "tools" / "make_characters.py"


def test_the_table_is_the_tool_s_product() -> None:
    table = characters()
    with np.load(Path(TOOL).parent.parent / "dedupe" / "text" / "characters.npz") as stored:
        made_with = str(stored["unicode_version"])
    if made_with != unicodedata.unidata_version:
        pytest.skip(f"this Python has Unicode {unicodedata.unidata_version}; the table was made with {made_with}")
    spec = importlib.util.spec_from_file_location("make_characters", TOOL)
    assert spec and spec.loader
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    composers = tool.second_composers()
    for code in [*range(0x3000), *range(0xAC00, 0xAD00), *range(0xFB00, 0x10000), 0x1D400, 0x20000, 0x1F600]:
        if unicodedata.category(chr(code)) in ("Cn", "Cs", "Co"):
            continue
        slot = int(table.index[code >> 8]) << 8 | code & 255
        assert table.kinds[slot] == tool.kind(chr(code), code, composers), hex(code)
        fold = int(table.folds[slot])
        if fold > EXPANDS:
            folded = chr(code + fold)
        else:
            source = -(fold + 0x200000)
            folded = "".join(map(chr, table.expansions[source + 1 : source + 1 + table.expansions[source]]))
        assert folded == tool.folded(chr(code)), hex(code)
