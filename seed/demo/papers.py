"""Papers of the demo: one-page PDF files of our own making, each marked 演示材料."""

from __future__ import annotations

import io

from app.firms.papers import Stored, keep

MARK = "演示材料 · 内容均为虚构"
#: (line, size in points, distance from the top in points)
TOP, STEP = 96, 34


def _shown(text: str, size: int, down: int) -> bytes:
    """One line of text, in the code of UniGB-UCS2-H."""
    coded = text.encode("utf-16-be").hex().upper()
    return f"BT /F1 {size} Tf 72 {842 - down} Td <{coded}> Tj ET\n".encode()


def pdf(title: str, lines: tuple[str, ...]) -> bytes:
    """A page of A4 with a heading, some lines and the mark. Equal words give equal bytes.

    Uses the reader's own Song face (ISO 32000-1, 9.7.5.2), so that no font is carried along.
    """
    page = _shown(MARK, 12, 56) + _shown(title, 22, TOP + STEP)
    for number, line in enumerate(lines):
        page += _shown(line, 13, TOP + STEP * (number + 3))
    page += b"2 w 60 60 475 722 re S\n"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
            b"/Resources << /Font << /F1 5 0 R >> >> >>"
        ),
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(page), page),
        (
            b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H "
            b"/DescendantFonts [6 0 R] >>"
        ),
        (
            b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo "
            b"<< /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /FontDescriptor 7 0 R >>"
        ),
        (
            b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 "
            b"/FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 "
            b"/Descent -120 /CapHeight 880 /StemV 93 >>"
        ),
    )
    made, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return made + (
        b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<< /Size %d /Root 1 0 R >>\n"
        b"startxref\n%d\n%%%%EOF\n" % (size, table, size, len(made))
    )


def paper(name: str, *lines: str) -> Stored:
    """Keep a page under its hash. `name` is the file's name without its ending."""
    return keep(io.BytesIO(pdf(name, lines)), f"{name}.pdf")
