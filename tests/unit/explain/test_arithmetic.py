"""A printed line computed again: exact, whatever words stand around it."""

import pytest

from accounting.errors import UsageError
from accounting.explain import recomputed

RIGHT = [
    "1026300 t × 3.093819 t/t = 3175186.4397 t CO2",
    "北京 2007 交通 柴油 CO2：1026300 t × 3.093819 t/t = 3175186.4397 t CO2",
    "848000 10^3 m3 × 2.160729 t/10^3 m3 = 1832298.192 t CO2",
    "(100000 t × 3 t/t) + (2 GJ × 0.5 t/GJ) = 300001 t CO2",
    "42.652 × 0.0202 × 98 ÷ 100 × 44 ÷ 12 = 3.095909637333333 t/t",
    "21.607290 ÷ 10 = 2.160729 t/10^3 m3",
    "1,026,300 × 3.093819 = 3175186.4397",
    "-5 t × 2 t/t = -10 t",
    "4510408.2606 + 2955183.24 + (-10) = 7465581.5006 t",
    "0.000000001 t × 3.093819 t/t = 0.000000003094 t CO2",
]


@pytest.mark.parametrize("line", RIGHT)
def test_a_right_line_is_right(line: str) -> None:
    assert recomputed(line).right


@pytest.mark.parametrize("line", ["1026300 × 3.093819 = 3175186.4398", "2 × 2 = 5", "1 ÷ 3 = 0.3333"])
def test_a_wrong_digit_is_wrong(line: str) -> None:
    assert not recomputed(line).right


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("no equation here", "verify_text.no_equation"),
        ("2 × = 4", "verify_text.unreadable"),
        ("(2 × 3 = 6", "verify_text.unreadable"),
        ("2 ÷ 0 = 0", "verify_text.unreadable"),
        ("2 3 = 6", "verify_text.unreadable"),
        ("= 6", "verify_text.unreadable"),
    ],
)
def test_what_cannot_be_read_is_said(line: str, code: str) -> None:
    with pytest.raises(UsageError, match=code):
        recomputed(line)
