"""What the commands of the rule book answer to what they cannot do: a status and what to do."""

from __future__ import annotations

from collections.abc import Callable

from click.testing import Result

from app.firms.models import Firm

Command = Callable[..., Result]


CASES = (
    ("assess", 2, "Missing option '--rule'"),
    ("assess --rule nope --firm CODE", 2, "there are: accelerator.admission, carrier."),
    ("assess --rule incubator.graduation", 2, "name a firm with --firm CODE, or --all"),
    ("assess --rule incubator.graduation --firm abc", 1, "18"),
    ("assess --rule incubator.graduation --firm 91310000710924515X", 1, "no firm with code"),
    ("assess --rule incubator.graduation --firm CODE --as-of 2026-13-01", 2, "YYYY-MM-DD"),
    ("assess --rule incubator.graduation --firm CODE --as-of 1890-01-01", 2, "1990-2100"),
    ("assess --rule incubator.graduation --firm CODE --known-at then", 2, "2026-11-24T09:30"),
    ("assess --rule incubator.graduation --firm CODE --known-at 1999-01-01T00:00", 1,
     "was not on record at revision 0"),
    ("assess --rule incubator.graduation --firm CODE --kind odd", 2, "'new', 'review'"),
    ("assess --rule tech_sme --firm CODE --kind review", 1, "is in force on"),
    ("assess --rule incubator.clock --firm CODE --as-of 2001-01-01", 1, "is in force on"),
    ("assess --rule incubator.graduation --all --firm CODE", 2, "leave the other options out"),
    ("assess --rule carrier.pudong_incubator --firm CODE", 2, "a carrier with --carrier NAME"),
    ("assess --rule carrier.pudong_incubator --carrier 无此载体", 1, "no carrier is called"),
    ("firm show 123", 1, "18"),
    ("firm show 91310000710924515X --json", 1, "no firm with code"),
    ("standard load nowhere.yaml", 2, "does not exist"),
    ("seed --firms 3", 2, "40<=x<=1000000"),
    ("seed --today 2026-99-99", 2, "2026-11-24"),
)  # fmt: skip


def test_a_bad_argument_is_named(command: Command, firm: Firm) -> None:
    wrong = []
    for arguments, status, said in CASES:
        words = [firm.code or "" if word == "CODE" else word for word in arguments.split()]
        result = command(*words)
        if result.exit_code != status or said not in result.output:
            wrong.append((arguments, result.exit_code, result.output))
    assert not wrong
