"""Plain printable pages: headings, paragraphs and tables on A4 through reportlab; the Vera fonts that it ships."""

from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape


@lru_cache(maxsize=1)
def _fonts() -> None:
    import reportlab
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    folder = Path(reportlab.__file__).parent / "fonts"
    pdfmetrics.registerFont(TTFont("Vera", str(folder / "Vera.ttf")))
    pdfmetrics.registerFont(TTFont("VeraBd", str(folder / "VeraBd.ttf")))
    pdfmetrics.registerFontFamily("Vera", normal="Vera", bold="VeraBd", italic="Vera", boldItalic="VeraBd")


class Paper:
    """A document being written; `done()` returns it as PDF bytes."""

    def __init__(self, title: str) -> None:
        """Start a document.

        Args:
            title: Its title, on the page and in the file's properties.
        """
        from reportlab.lib.enums import TA_LEFT
        from reportlab.lib.styles import ParagraphStyle

        _fonts()
        self.title = title
        self._parts: list[Any] = []
        self._body = ParagraphStyle("body", fontName="Vera", fontSize=9.5, leading=14, alignment=TA_LEFT, spaceAfter=5)
        self._small = ParagraphStyle("small", parent=self._body, fontSize=8, leading=11)
        self._h1 = ParagraphStyle("h1", parent=self._body, fontName="VeraBd", fontSize=15, leading=20, spaceAfter=8)
        self._h2 = ParagraphStyle("h2", parent=self._body, fontName="VeraBd", fontSize=11, leading=15, spaceBefore=8)
        self.heading(title)

    def heading(self, text: str, *, small: bool = False) -> None:
        """Add a heading."""
        self._add(text, self._h2 if small else self._h1)

    def text(self, text: str, *, small: bool = False) -> None:
        """Add a paragraph."""
        self._add(text, self._small if small else self._body)

    def lines(self, text: str) -> None:
        """Add a paragraph that keeps its line breaks."""
        from reportlab.platypus import Paragraph

        self._parts.append(Paragraph("<br/>".join(escape(line) for line in text.splitlines()), self._body))

    def _add(self, text: str, style: Any) -> None:
        from reportlab.platypus import Paragraph

        self._parts.append(Paragraph(escape(text), style))

    def table(self, rows: list[tuple[str, ...]]) -> None:
        """Add a table; the first row is its head."""
        from reportlab.lib import colors
        from reportlab.platypus import Paragraph, Spacer, Table, TableStyle

        cells = [[Paragraph(escape(str(cell)), self._small) for cell in row] for row in rows]
        made = Table(cells, repeatRows=1, hAlign="LEFT")
        made.setStyle(
            TableStyle(
                [
                    ("LINEBELOW", (0, 0), (-1, 0), 0.8, colors.black),
                    ("LINEBELOW", (0, 1), (-1, -1), 0.3, colors.lightgrey),
                    ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ]
            )
        )
        self._parts += [made, Spacer(1, 8)]

    def done(self) -> bytes:
        """Return the PDF."""
        from reportlab.lib.pagesizes import A4
        from reportlab.platypus import SimpleDocTemplate

        out = BytesIO()
        SimpleDocTemplate(
            out, pagesize=A4, title=self.title, author="Gig Advisor", leftMargin=50, rightMargin=50, topMargin=50,
            bottomMargin=50,
        ).build(self._parts)  # fmt: skip
        return out.getvalue()
