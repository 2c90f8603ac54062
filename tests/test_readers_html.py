"""Reading web pages: text order, structure, what is dropped, dates and encodings."""

from datetime import date

import pytest

from ingest.readers import Block, ReadDocument, read


def page(body: str, head: str = "") -> ReadDocument:
    return read(f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode(), "page.html")


def texts(document: ReadDocument) -> list[str]:
    return [block.text for block in document.blocks]


def test_inline_text_keeps_its_order() -> None:
    document = page("<p>Typical pay is <b>$18</b> an hour, <a href=x>before <i>tips</i></a>.</p>")
    assert texts(document) == ["Typical pay is $18 an hour, before tips."]


def test_headings_form_a_path_and_the_title_is_the_title() -> None:
    document = page(
        "<h1>Fees</h1><p>a<h2>For <em>workers</em></h2><p>b<h3>New</h3><p>c<h2>For clients</h2><p>d",
        "<title>T &amp; U</title>",
    )
    assert document.title == "T & U"
    assert document.blocks == (
        Block(("Fees",), "a"),
        Block(("Fees", "For workers"), "b"),
        Block(("Fees", "For workers", "New"), "c"),
        Block(("Fees", "For clients"), "d"),
    )


def test_a_page_without_title_takes_its_first_heading_then_its_name() -> None:
    assert page("<h1>Fees</h1><p>a").title == "Fees"
    assert page("<p>a").title == "page.html"
    assert texts(page("<h1>Only</h1><h2>Headings</h2>")) == ["Only\nHeadings"]


def test_lists_are_one_item_per_line_with_nested_ones_indented() -> None:
    document = page(
        "<ul><li>One<ul><li>Inner <b>a</b></li><li>Inner b</li></ul></li><li><p>Two</p><p>more</p></li></ul><p>after"
    )
    assert document.blocks == (Block((), "- One\n  - Inner a\n  - Inner b\n- Two more", "list"), Block((), "after"))
    assert texts(page("<ol><li>First<li>Second</ol>")) == ["1. First\n2. Second"]
    assert texts(page("<dl><dt>Fee<dd>10%<dd>of pay<dt>Tips<dd>yours</dl>")) == ["Fee: 10%; of pay\nTips: yours"]


def test_a_table_gives_header_and_value_per_row() -> None:
    rows = "<tr><th>City<th>Low<th>High</tr><tr><td>Leeds<td>£<b>11</b><td>£14</tr><tr><td>York<td>£10<td></tr>"
    document = page(f"<table><caption>Pay</caption>{rows}</table>")
    assert document.blocks == (
        Block((), "Pay"),
        Block((), "City: Leeds; Low: £11; High: £14\nCity: York; Low: £10", "table"),
    )


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("<tr><th>Age<td>18</tr><tr><th>Car<td>No</tr>", "Age: 18\nCar: No"),
        ("<tr><td><b>A</b><td><b>B</b></tr><tr><td>1<td>2</tr>", "A: 1; B: 2"),
        (
            "<tr><th>A<th colspan=2>Pay</tr><tr><th><th>low<th>high</tr><tr><td>x<td>1<td>2</tr>",
            "A: x; Pay low: 1; Pay high: 2",
        ),
        ("<tr><th>A<th>B</tr><tr><td rowspan=2>x<td>1</tr><tr><td>2</tr>", "A: x; B: 1\nA: x; B: 2"),
        ("<tr><td>a<td>b<td>c</tr>", "a | b | c"),
        ("<tr><th>A<th>B</tr><tr><td>1<td style='display:none'>x</tr>", "A: 1"),
    ],
)
def test_tables_of_every_shape_keep_values_with_their_names(rows: str, expected: str) -> None:
    assert texts(page(f"<table>{rows}</table>")) == [expected]


def test_a_layout_table_is_read_as_text() -> None:
    document = page(
        "<table><tr><td><p>left</p></td><td><table><tr><th>A<th>B</tr><tr><td>1<td>2</tr></table></td></tr></table>"
    )
    assert texts(document) == ["left", "A: 1; B: 2"]


HIDDEN = [
    "<script>X</script>",
    "<style>X</style>",
    "<template>X</template>",
    "<noscript>X</noscript>",
    "<nav>X</nav>",
    "<header>X</header>",
    "<footer>X</footer>",
    "<aside>X</aside>",
    "<form><label>X</label><input></form>",
    "<div role=navigation>X</div>",
    "<p hidden>X</p>",
    "<p aria-hidden=true>X</p>",
    "<p style='color:red; DISPLAY : none !important'>X</p>",
    "<p style='visibility:hidden'>X</p>",
    "<p style='font-size:0px'>X</p>",
    "<p style='opacity:0'>X</p>",
    "<!-- X -->",
    "<select><option>X</select>",
    "<p><del>X</del></p>",
    "<div hidden><table><tr><td>X<td>X</tr></table></div>",
]


@pytest.mark.parametrize("hidden", HIDDEN)
def test_boilerplate_and_hidden_text_are_dropped_and_what_follows_is_kept(hidden: str) -> None:
    assert " ".join(texts(page(f"<p>before</p>{hidden}<p>after</p>"))) == "before after"
    assert " ".join(texts(page(f"<div>before {hidden} after</div>"))) == "before after"


def test_the_header_of_an_article_is_content() -> None:
    document = page("<header><h1>Site</h1></header><article><header><h1>Fees</h1></header><p>10%</article>")
    assert document.blocks == (Block(("Fees",), "10%"),)


def test_a_page_inside_one_form_or_menu_is_still_read() -> None:
    assert len(texts(page("<form>" + "<p>Long text of the page.</p>" * 40 + "</form>"))) == 40
    assert texts(page("<aside><p>Only this</aside>")) == ["Only this"]


def test_invisible_characters_are_removed_and_joined_emoji_stay() -> None:
    assert texts(page("<p>Ig\u200bnore&#xE0041;&#x202E; all\u00adowed \U0001f468\u200d\U0001f33e</p>")) == [
        "Ignore allowed \U0001f468\u200d\U0001f33e"
    ]


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:published_time" content="2026-03-04T05:06:07Z">',
        '<meta name="DC.date.issued" content="2026-03-04"><meta property="article:modified_time" content="2026-09-09">',
        '<script type="application/ld+json">{"a": [{"dateModified": "2026-09-09"}, {"datePublished": "2026-03-04"}]}'
        "</script>",
        '<script type="application/ld+json">{broken</script><meta itemprop="datePublished" content="20260304">',
    ],
)
def test_the_date_of_publication_is_found(head: str) -> None:
    assert page("<p>text", head).published == date(2026, 3, 4)


def test_a_time_counts_in_the_head_of_an_article_only() -> None:
    assert page("<article><time datetime=2026-03-04>4 March</time><p>text</article>").published == date(2026, 3, 4)
    assert page("<article><p>On <time datetime=2026-03-04>4 March</time></article>").published is None
    assert page("<p>text", '<meta name=date content="2026-13-45">').published is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1251", "shift_jis", "iso-8859-1"])
def test_a_page_is_decoded_from_its_mark_or_declaration(encoding: str) -> None:
    text = {"windows-1251": "Привет", "shift_jis": "給料は高い"}.get(encoding, "café")
    data = f"<html><head><meta charset={encoding}></head><body><p>{text}".encode(encoding)
    assert texts(read(data, "page.html")) == [text]


def test_a_header_names_the_encoding_and_a_wrong_declaration_loses_to_valid_utf8() -> None:
    assert texts(read("<p>Привет".encode("koi8-r"), "page.html", charset="koi8-r")) == ["Привет"]
    assert texts(read("<meta charset=iso-8859-1><p>£18 – café".encode(), "page.html")) == ["£18 – café"]


def test_a_saved_archive_gives_its_page() -> None:
    data = (
        b'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="b"\n\n--b\nContent-Type: text/html\n'
        b"Content-Transfer-Encoding: quoted-printable\n\n<p>pay =3D 18</p>\n--b--\n"
    )
    assert texts(read(data, "page.mhtml")) == ["pay = 18"]
