"""Hand-made guides of an invented platform, in the format of the corpus."""

import textwrap
from pathlib import Path

SECTIONS = (
    "In short",
    "Who can join",
    "How the work and the pay work",
    "Fees and costs",
    "When you are paid",
    "What people really earn",
    "First steps",
    "Risks and how it goes wrong",
    "Good to know",
)

FRONT = """\
---
id: examplia
kind: platform
name: Examplia
aliases:
  - Examplia Work
family: freelance-marketplace
reviewed: 2026-11-22
facts:
  - key: fee.worker
    label: "freelancer service fee"
    low: 0
    high: 15
    unit: percent
    per: contract
    since: 2025-05-01
    source: s1
    note: "Set for each contract."
  - key: fee.worker
    label: "freelancer service fee"
    mid: 10
    unit: percent
    since: 2023-05-03
    until: 2025-04-30
    source: s1
  - key: pay.hourly
    label: "gross pay of copy editors"
    low: 18.5
    mid: 21.5
    high: 26
    unit: USD
    per: hour
    region: US
    population: "copy editors with a public profile"
    year: 2025
    basis: "gross, worked_hour"
    source: s2
not_found:
  - key: payout.minimum
    searched: "help centre"
    look: "Settings, Get paid"
sources:
  s1:
    title: "Freelancer fees: how they work"
    publisher: Examplia
    url: "https://help.examplia.example/fees"
    source_kind: official
    published: 2026-05-01
    read: 2026-11-22
  s2:
    title: "What copy editors earn"
    publisher: "Example University"
    url: "https://research.example/copy-editors"
    source_kind: research
    read: 2026-11-22
---
"""

QUESTIONS = {
    "How much does Examplia take from my earnings?": (
        "Examplia takes 0–15% of what a client pays you, set for each contract. [s1] The share is shown before you "
        "accept, so compare two offers by what is left."
    ),
    "How old must I be to join Examplia?": "Examplia accepts people from the age of 18. [s1] A parent cannot sign for you.",
    "Can I use an account that belongs to someone else on Examplia?": (
        "No, an Examplia account belongs to one person. [s1] Both accounts can be closed when the check fails."
    ),
    "When does Examplia pay me?": "Examplia pays five days after the client approves. [s1] Weekends do not count.",
    "What do copy editors earn on Examplia?": (
        "Copy editors with a public profile grossed a median $21.50 per hour worked in the US in 2025. [s2] The fee is "
        "still to come off."
    ),
    "Is Examplia a scam?": "Examplia is a real marketplace run by a registered company. [s1] Fake clients still appear on it.",
    "What can I do when Examplia closes my account?": (
        "Appeal in writing within 30 days with your order records. [s1] Withdraw what is cleared first."
    ),
    "Do I need my own computer for Examplia?": "Yes, Examplia work needs a computer with a browser. [s1] A phone is not enough.",
}


def guide_text(front: str = FRONT, questions: dict[str, str] | None = None) -> str:
    """Return a whole guide."""
    body = []
    for section in SECTIONS:
        body.append(f"## {section}\n\n{_prose(section)}\n")
    body.append("## Questions people ask\n")
    body += [f"### {title}\n\n{text}\n" for title, text in (questions or QUESTIONS).items()]
    return front + "\n".join(body)


def _prose(section: str) -> str:
    texts = {
        "In short": "Examplia is a marketplace for editing work.",
        "Who can join": "- **Age.** Examplia accepts people from 18 years. [s1]\n- **Place.** Examplia is open in most countries.",
        "Fees and costs": "Examplia keeps 0–15% of each contract. [s1]",
        "First steps": "Fill in your Examplia profile with three samples before the first bid.",
        "Risks and how it goes wrong": "Examplia clients can vanish after a free sample, so never work for free.",
    }
    return texts.get(section, f"Examplia has a page on {section.lower()}.")


def write_corpus(folder: Path) -> Path:
    """Write a corpus of one guide and return its folder."""
    (folder / "platforms").mkdir(parents=True, exist_ok=True)
    (folder / "platforms" / "examplia.md").write_text(guide_text())
    return folder


PAGE = textwrap.dedent(
    """\
    <html><head><title>Courier pay in Sampleton</title><meta property="article:published_time" content="2026-03-01">
    </head><body><nav>Home | About</nav><main><h1>Courier pay in Sampleton</h1>
    <h2>What a shift brings</h2><p>A courier in Sampleton keeps about <b>14 tokens</b> an hour after bicycle repairs.</p>
    <h2>Where the work is</h2><p>Most orders in Sampleton come from the harbour market on Saturday mornings.</p>
    </main><footer>Imprint</footer></body></html>
    """
)
