"""Numbers with right check digits for the leaks of the corpus, computed and never stored.

The sequence 000 of identity numbers is never given out, and phones and cards lie in ranges used for examples: they are
nobody's.
"""

from __future__ import annotations

import random

from stdnum import luhn
from stdnum.cn import ric, uscc

from benchmarks.accuracy.writing import FULL_WIDTH


def identities(seed: str) -> dict[str, str]:
    """One of each: `id`, `mobile`, `card`, `credit`, and some of them spaced or in full-width digits."""
    draw = random.Random(f"{seed}/identities")
    body = (
        f"440114{draw.randint(1901, 1909)}{draw.randint(1, 12):02d}{draw.randint(1, 28):02d}{draw.randint(1, 999):03d}"
    )
    number = body + ric.calc_check_digit(body + "0")  # it wants the number whole, and leaves its last digit out
    mobile = f"1{draw.choice(['39', '38', '57', '86'])}0000{draw.randint(1, 9999):04d}"
    card = f"622202{draw.randint(0, 999):03d}000000{draw.randint(0, 999):03d}"
    card += luhn.calc_check_digit(card)
    credit = f"91440114MA{draw.randint(0, 9999999):07d}"
    return {
        "id": number,
        "id_spaced": f"{number[:6]} {number[6:14]} {number[14:]}",
        "id_wide": number.translate(FULL_WIDTH),
        "mobile": mobile,
        "mobile_spaced": f"{mobile[:3]} {mobile[3:7]} {mobile[7:]}",
        "card": card,
        "card_spaced": " ".join(card[i : i + 4] for i in range(0, len(card), 4)),
        "credit": credit + uscc.calc_check_digit(credit),
    }
